"""What is known of the sets that the parts of a query let pass: the few, and the smallest."""

from collections.abc import Mapping
from dataclasses import dataclass

from muster.inventory.search import limits
from muster.inventory.search.compiling.reading import Reading
from muster.inventory.search.compiling.sql import TRUE, Cost, Ids, Sql, sql
from muster.inventory.search.finding.asked import FLOWING, Asked

CHEAP = frozenset(Cost) - {Cost.JOIN, Cost.COUNT}
ALL = frozenset(Cost)

_KNOWN = frozenset({Cost.POINT, Cost.RANGE})
"""Sets that lie together in an index, and are counted quickly."""
_LEADER = f"{FLOWING}leader"
_CROSSED = "crossed"


@dataclass(frozen=True, slots=True)
class Few:
    """The ids that a part of the query, by its place, lets pass."""

    ids: tuple[int, ...]
    part: int


@dataclass(frozen=True, slots=True)
class Leader:
    """The ids to start from, which parts of the query they have passed, and the sets they need."""

    ids: str
    passed: frozenset[int]
    named: Mapping[str, Sql]
    is_unique: bool


class Sets:
    """Looks at the sets of a query, each once."""

    def __init__(self, asked: Asked) -> None:
        """Have seen nothing yet."""
        self._asked = asked
        self._few: Few | None = None
        self._looked: frozenset[Cost] = frozenset()
        self._sizes: dict[tuple[int, int], int] = {}
        self.is_large = False
        """True once the only part of a query has more rows than that, though some may be alike."""
        self.is_many = False
        """True once it is known that more match than `FEW`."""

    @property
    def _parts(self) -> tuple[Sql, ...]:
        return self._asked.read(Reading.WHOLE).parts

    @property
    def is_to_choose(self) -> bool:
        """True if it matters for what to start from how many match."""
        return sum(ids.cost in _KNOWN for _, ids in self._sets()) > 1

    def few(self, costs: frozenset[Cost] = CHEAP) -> Few | None:
        """Return what one part of the query lets pass, if one of such costs lets few."""
        if self._few is None and not costs <= self._looked:
            self._few = self._find_few(costs - self._looked)
            self._looked |= costs
        return self._few

    def few_related(self, *, is_counted: bool) -> Few | None:
        """Return the same of a set that is put together from several tables, if it is small.

        The first of its ids are there at once, where many things match too. If it is all that is
        asked and is to be counted, it is read as far as the count goes anyway.
        """
        is_last = is_counted and self._is_all
        most = limits.FEW if is_last else min(limits.RELATED, limits.FEW)
        for number, ids in self._sets():
            if self._few is None and ids.cost is Cost.JOIN:
                found = self._begun(ids, most)
                different = set(found)
                if len(found) <= most:
                    self._few = Few(tuple(sorted(different)), number)
                self.is_many = self.is_many or (self._is_all and len(different) > limits.FEW)
        return self._few

    @property
    def _is_all(self) -> bool:
        """True if what passes the only part of the query is all that matches."""
        return len(self._parts) == 1 and self._asked.tables.shown == TRUE

    def _find_few(self, costs: frozenset[Cost]) -> Few | None:
        sets = [(ids, number) for number, ids in self._sets() if ids.cost in costs]
        for ids, number in sorted(sets, key=lambda each: each[0].cost):
            if ids.cost in _KNOWN and self._has_more(ids):
                self._is_more_than_few(ids)
                continue
            found = self._begun(ids, limits.FEW)
            if len(found) <= limits.FEW:
                return Few(tuple(sorted(set(found))), number)
            self._is_more_than_few(ids)
        return None

    def _begun(self, ids: Ids, most: int) -> list[int]:
        """Return the ids of a set, the first `most` and one more if there are more.

        Each once is for us to see to: PostgreSQL reads all before it knows that of any.
        """
        statement = Sql(f"SELECT * FROM ({ids.text}) found", ids.parameters)
        found = self._asked.fetch(
            statement + sql(" LIMIT %s", most + 1),
            Reading.WHOLE,
            is_begun_only=ids.cost is Cost.JOIN,
        )
        return [row[0] for row in found]

    def _sets(self) -> list[tuple[int, Ids]]:
        return [(number, part.ids) for number, part in enumerate(self._parts) if part.ids]

    def _has_more(self, ids: Ids) -> bool:
        """True if a set has more than few rows, found without reading them; twice may count."""
        some = Sql(f"SELECT 1 FROM ({ids.text}) found", ids.parameters)
        return bool(self._asked.fetch(some + sql(" LIMIT 1 OFFSET %s", limits.FEW), Reading.WHOLE))

    def _is_more_than_few(self, ids: Ids) -> None:
        self.is_large = self.is_large or self._is_all
        self.is_many = self.is_many or (self._is_all and ids.is_unique)

    def leader(self, *, expected: float) -> Leader | None:
        """Return what to start from to find what matches; None if there is no set.

        First comes a set that cannot be asked for row by row, then a small one. If no more than
        few are `expected` to match, all of them must be found: then it is what is in two sets.
        """
        tests = self._asked.read(Reading.STREAMED).parts
        sets = [
            (ids, number)
            for number, ids in self._sets()
            # To count everything is dearer than to count for one row after the other.
            if ids.cost is not Cost.COUNT or tests[number].is_dear
        ]
        kept = [(ids, number) for ids, number in sets if tests[number].is_dear]
        if kept:
            return self._led(*min(kept, key=lambda each: each[0].cost))
        known = [each for each in sets if each[0].cost in _KNOWN]
        if len(sets) < 2 or not known:  # noqa: PLR2004 - nothing to choose from
            return self._led(*sets[0]) if sets else None
        is_rare = expected <= limits.FEW
        most = limits.MOST_CROSSED if is_rare else limits.SMALL
        # Of large sets, the one that is dearest to look up leads.
        order = sorted(known, key=lambda each: -tests[each[1]].looks)
        order.sort(key=lambda each: self._size(each[0], each[1], most))
        if is_rare and len(order) > 1 and self._size(order[1][0], order[1][1], most) < most:
            (small, number), (large, other) = order[:2]
            return self._crossed(small, number, large, other)
        return self._led(*order[0])

    def _led(self, ids: Ids, number: int) -> Leader:
        named = {f"{_LEADER}(id)": Sql(ids.text, ids.parameters)}
        return Leader(_LEADER, frozenset({number}), named, ids.is_unique)

    def _crossed(self, small: Ids, number: int, large: Ids, other: int) -> Leader:
        """Return what is in two sets; the smaller one is kept, the other read past it."""
        both = Sql(f"SELECT * FROM ({large.text}) large", large.parameters)
        named = {
            f"{_LEADER}_small(id)": Sql(small.text, small.parameters),
            f"{_LEADER}_large(id)": both,
            f"{_CROSSED}(id)": Sql(
                f"SELECT DISTINCT id FROM {_LEADER}_large"
                f" WHERE id IN (SELECT id FROM {_LEADER}_small)"
            ),
        }
        return Leader(_CROSSED, frozenset({number, other}), named, is_unique=True)

    def _size(self, ids: Ids, number: int, most: int) -> int:
        """Return how many the set names, or `most` if it is no fewer."""
        known = self._sizes.get((number, most))
        if known is None:
            counted = Sql(f"SELECT COUNT(*) FROM (SELECT 1 FROM ({ids.text}) one", ids.parameters)
            limit = sql(" LIMIT %s) some_of_it", most)
            known = int(self._asked.fetch(counted + limit, Reading.WHOLE)[0][0])
            self._sizes[number, most] = known
        return known
