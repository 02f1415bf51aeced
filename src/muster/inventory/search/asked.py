"""One query of one scope, planned by looking: see docs/decisions/0014-few-things-first.md."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from time import monotonic
from types import MappingProxyType
from typing import Any

from muster.core.errors import QueryError
from muster.inventory import engine
from muster.inventory.search import dialects
from muster.inventory.search.compiling import Compiler
from muster.inventory.search.keys import Keys
from muster.inventory.search.paging import Order
from muster.inventory.search.reading import CANDIDATES, Reading
from muster.inventory.search.sql import FALSE, TRUE, Cost, Ids, Sql, all_of, sql
from muster.inventory.search.tables import TABLES
from muster.organizations.scope import Scope
from muster.query import bind, parse
from muster.query.conditions import AllOf, Condition, FigureIs

_FEW = 10_000
"""So many ids are found at once and then asked everything else."""
_FIRST_ROWS = (2_000, 20_000)
"""How far the order's index is walked before all that matches is looked for."""
_LATEST = 6
"""How many of the latest are looked at for each match that is counted."""
_DEAR = frozenset({Cost.JOIN, Cost.COUNT})
_CHEAP = frozenset(Cost) - _DEAR
_MOST_SIZED = 300_000
_LEADER = "leader"


@dataclass(frozen=True, slots=True)
class Compiled:
    """Tests of a row that must all hold, and the named sets they refer to."""

    parts: tuple[Sql, ...]
    sets: Mapping[str, Sql]

    @property
    def test(self) -> Sql:
        """All tests in one."""
        return all_of(self.parts)


@dataclass(frozen=True, slots=True)
class Few:
    """The ids that a part of the query, by its place, lets pass."""

    ids: tuple[int, ...]
    part: int


class Asked:
    """A query of one scope, compiled in the ways that its answers need.

    If any part of it matches few things, those are found first, and the rest is only asked of
    them. If not, many things match most likely: then the order's index is walked a little way,
    and a count stops at its limit.
    """

    def __init__(
        self, scope: Scope, condition: Condition, *, text: str, inventory: str, limit: timedelta
    ) -> None:
        """Compile what every answer needs; `limit` is for all statements together."""
        self.text = text
        self.tables = TABLES[inventory]
        self.rows = self.tables.rows
        self.organization_id = scope.organization_id
        self._scope = scope
        self._condition = condition
        self._inventory = inventory
        self._keys = Keys(scope.organization_id)
        self._limit = limit
        self._deadline = monotonic() + limit.total_seconds()
        self._readings: dict[Reading, Compiled] = {}
        self._found: Few | None = None
        self._looked: frozenset[Cost] = frozenset()

    @classmethod
    def of(
        cls, scope: Scope, text: str, *, inventory: str, now: datetime, limit: timedelta
    ) -> "Asked":
        """Read a query. Raises QueryError if it cannot be read."""
        condition = bind(parse(text), inventory=inventory, now=now)
        if inventory not in TABLES:
            raise QueryError(
                f"{inventory} are not searched here", hint=f"Search {', '.join(TABLES)}.", text=text
            )
        return cls(scope, condition, text=text, inventory=inventory, limit=limit)

    @property
    def test(self) -> Sql:
        """The test of a row `t`, which `fetch` can also negate and join."""
        return self._read(Reading.WHOLE).test

    def page(self, wanted: Order, behind: Sql, size: int) -> list[Any]:
        """Return ids and order values of a page."""
        if self.test in {TRUE, FALSE}:
            return [] if self.test == FALSE else self._walk(wanted, behind, size)
        few = self._few()
        if few is None:
            found = self._first(wanted, behind, size)
            if len(found) == size:
                return found
            few = self._few(_DEAR)
        if few is not None:
            return self._sorted(few.ids, self._rest(few), wanted, behind, size)
        matched = self._streamed(_FEW + 1)
        if len(matched) <= _FEW:
            return self._sorted(matched, TRUE, wanted, behind, size)
        return self._walk(wanted, behind, size)

    def count(self, *, most: int | None) -> int:
        """Return how many match, or `most` if it is more."""
        if self.test == FALSE:
            return 0
        few = self._few()
        if few is None:
            if most is not None and self._is_certainly(most):
                return most
            few = self._few(_DEAR)
        if few is None:
            return self._streamed_count(most)
        rest = self._rest(few)
        if rest == TRUE:
            return len(few.ids)
        counted = self._tested(rest, Sql("COUNT(*)"))
        near = dialects.listed(few.ids)
        return int(self._fetch(counted, self._read(Reading.NEAR), near=near)[0][0])

    def ids_behind(self, last: int, size: int) -> list[int]:
        """Return the next ids behind one, ascending. Each call has the whole time limit."""
        self._deadline = monotonic() + self._limit.total_seconds()
        few = self._few(frozenset(Cost))
        if few is not None:
            later = dialects.listed([each for each in few.ids if each > last])
            tested = self._tested(self._rest(few), Sql("t.id"))
            ordered = tested + sql(" ORDER BY t.id LIMIT %s", size)
            found = self._fetch(ordered, self._read(Reading.NEAR), near=later)
        else:
            reading = self._read(Reading.STREAMED)
            where = all_of([self.scope, sql("t.id > %s", last), reading.test])
            found = self._fetch(
                Sql(f"SELECT t.id FROM {self.rows} t WHERE ")
                + where
                + sql(" ORDER BY t.id LIMIT %s", size),
                reading,
            )
        return [row[0] for row in found]

    @property
    def scope(self) -> Sql:
        """The test that every row passes first."""
        return all_of([sql("t.organization_id = %s", self.organization_id), self.tables.shown])

    @property
    def _own(self) -> Sql:
        """The test of the organization, where rows are found by their ids."""
        return sql(f"{engine.unindexed('t.organization_id')} = %s", self.organization_id)

    def matched(self, *, most: int | None) -> Sql:
        """Return the ids of what matches, of `most` of them at most."""
        start = dialects.within(self.organization_id, self.test)
        found = Sql(f"SELECT t.id FROM {self.rows} t WHERE ") + all_of(
            [start, self.tables.shown, self.test]
        )
        limited = found if most is None else found + sql(" LIMIT %s", most)
        return replace(limited, is_led=True)

    def fetch(
        self, statement: Sql, *, matched: Sql | None = None, held: Sql | None = None
    ) -> list[Any]:
        """Return the rows of a statement that may refer to the named sets of the query.

        `matched` and `held` are two more of them, found once each. Raises QueryError if the
        database did not have the rows in time.
        """
        further = (("matched", matched), ("held", held))
        return self._fetch(
            statement,
            self._read(Reading.WHOLE),
            {name: each for name, each in further if each is not None},
        )

    def _read(self, reading: Reading) -> Compiled:
        if reading not in self._readings:
            compiler = Compiler(
                self._scope,
                self._inventory,
                self._keys,
                reading=reading,
                prefix=reading.name.casefold(),
            )
            parts = compiler.parts(self._condition)
            self._readings[reading] = Compiled(parts, compiler.sets)
        return self._readings[reading]

    def _few(self, costs: frozenset[Cost] = _CHEAP) -> "Few | None":
        """Return what one part of the query lets pass, if one of such costs lets few."""
        if self._found is None and not costs <= self._looked:
            self._found = self._find_few(costs - self._looked)
            self._looked |= costs
        return self._found

    def _find_few(self, costs: frozenset[Cost]) -> "Few | None":
        whole = self._read(Reading.WHOLE)
        parts = ((part.ids, number) for number, part in enumerate(whole.parts))
        sets = [(ids, number) for ids, number in parts if ids is not None and ids.cost in costs]
        for ids, number in sorted(sets, key=lambda each: each[0].cost):
            statement = Sql(f"{ids.select} * FROM ({ids.text}) found", ids.parameters)
            found = self._fetch(statement + sql(" LIMIT %s", _FEW + 1), whole)
            if len(found) <= _FEW:
                return Few(tuple(row[0] for row in found), number)
        return None

    def _rest(self, few: "Few") -> Sql:
        """Return what they have yet to pass."""
        near = self._read(Reading.NEAR).parts
        return all_of([self.tables.shown, *(part for n, part in enumerate(near) if n != few.part)])

    def _tested(self, rest: Sql, wanted: Sql) -> Sql:
        return (
            Sql("SELECT ")
            + wanted
            + Sql(f" FROM {CANDIDATES} {dialects.leading_join()} {self.rows} t")
            + Sql(f" ON t.id = {CANDIDATES}.id WHERE ")
            + all_of([self._own, rest])
        )

    def _sorted(
        self, ids: Sequence[int], rest: Sql, wanted: Order, behind: Sql, size: int
    ) -> list[Any]:
        if not ids:
            return []
        statement = self._tested(all_of([rest, behind]), Sql(f"t.id, {wanted.expression}"))
        ordered = statement + sql(f" {wanted.clause()} LIMIT %s", size)
        return self._fetch(ordered, self._read(Reading.NEAR), near=dialects.listed(ids))

    def _first(self, wanted: Order, behind: Sql, size: int) -> list[Any]:
        """Return the page, or less of it, from the first rows of the order."""
        near = self._read(Reading.NEAR)
        is_looked_up = near.test.text == self._read(Reading.STREAMED).test.text
        found: list[Any] = []
        for most in _FIRST_ROWS if is_looked_up else _FIRST_ROWS[:1]:
            where = all_of([self.scope, behind, *self._bounds(near, wanted)])
            first = Sql(f"SELECT t.id FROM {self.rows} t WHERE ") + where
            found = self._fetch(
                self._tested(near.test, Sql(f"t.id, {wanted.expression}"))
                + sql(f" {wanted.clause()} LIMIT %s", size),
                near,
                near=first + sql(f" {wanted.clause()} LIMIT %s", most),
            )
            if len(found) == size:
                break
        return found

    def _bounds(self, near: Compiled, wanted: Order) -> list[Sql]:
        """Return the tests of the column that rows are ordered by: they cut its index."""
        condition = self._condition
        parts = condition.parts if isinstance(condition, AllOf) else (condition,)
        return [
            test
            for part, test in zip(parts, near.parts, strict=True)
            if isinstance(part, FigureIs) and part.column == wanted.column
        ]

    def _walk(self, wanted: Order, behind: Sql, size: int) -> list[Any]:
        """Return the page from the order's index, however far that is."""
        reading = self._read(Reading.STREAMED)
        return self._fetch(
            Sql(f"SELECT t.id, {wanted.expression} FROM {self.rows} t WHERE ")
            + all_of([self.scope, reading.test, behind])
            + sql(f" {wanted.clause()} LIMIT %s", size),
            reading,
        )

    def _streamed(self, most: int) -> list[int]:
        """Return the ids of what matches, of `most` of them at most."""
        statement, named = self._stream(most)
        return [row[0] for row in self._fetch(statement, self._read(Reading.STREAMED), named)]

    def _streamed_count(self, most: int | None) -> int:
        statement, named = self._stream(most)
        counted = Sql("SELECT COUNT(*) FROM (") + statement + Sql(") counted")
        return int(self._fetch(counted, self._read(Reading.STREAMED), named)[0][0])

    def _is_certainly(self, most: int) -> bool:
        """True if so many match among some of the latest already, asked without large sets.

        False also where a count by a leading set is quicker.
        """
        near = self._read(Reading.NEAR)
        is_looked_up = near.test.text == self._read(Reading.STREAMED).test.text
        leader = self._leader()
        if is_looked_up or (leader is not None and leader[0].cost is not Cost.COUNT):
            return False
        latest = Sql(f"SELECT t.id FROM {self.rows} t WHERE ") + self.scope
        counted = Sql("SELECT COUNT(*) FROM (") + self._tested(near.test, Sql("t.id"))
        found = self._fetch(
            counted + sql(" LIMIT %s) counted", most),
            near,
            near=latest + sql(" ORDER BY t.last_seen DESC, t.id DESC LIMIT %s", most * _LATEST),
        )
        return int(found[0][0]) >= most

    def _stream(self, most: int | None) -> tuple[Sql, dict[str, Sql]]:
        """Return the statement of the ids that match, and the set that leads it, if any does."""
        streamed = self._read(Reading.STREAMED)
        limit = Sql("") if most is None else sql(" LIMIT %s", most)
        leader = self._leader()
        if leader is None:
            where = all_of([self.scope, streamed.test])
            return Sql(f"SELECT t.id FROM {self.rows} t WHERE ") + where + limit, {}
        ids, number = leader
        named = {f"{_LEADER}(id)": Sql(ids.text, ids.parameters)}
        rest = [part for n, part in enumerate(streamed.parts) if n != number]
        of_id = all_of([each for each in rest if each.is_of_id])
        of_row = all_of([self.tables.shown, *(each for each in rest if not each.is_of_id)])
        if of_row == TRUE:
            return Sql(f"{ids.select} t.id FROM {_LEADER} t WHERE ") + of_id + limit, named
        statement = (
            Sql(f"{ids.select} t.id FROM (SELECT t.id FROM {_LEADER} t WHERE ")
            + of_id
            + Sql(f") led {dialects.leading_join()} {self.rows} t ON t.id = led.id WHERE ")
            + all_of([self._own, of_row])
        )
        return statement + limit, named

    def _leader(self) -> tuple[Ids, int] | None:
        """Return the set to start from, and which part it is; None if there is no set.

        First the one whose members cannot be looked up one by one, then the smallest.
        """
        whole, streamed = self._read(Reading.WHOLE), self._read(Reading.STREAMED)
        parts = zip(whole.parts, streamed.parts, strict=True)
        sets = [
            (one.ids, number, other.ids is None)
            for number, (one, other) in enumerate(parts)
            if one.ids is not None
        ]
        kept = [(ids, number) for ids, number, is_looked_up in sets if not is_looked_up]
        if kept:
            return min(kept, key=lambda each: each[0].cost)
        if len(sets) < 2:  # noqa: PLR2004 - nothing to choose from
            return (sets[0][0], sets[0][1]) if sets else None
        return min(((ids, number) for ids, number, _ in sets), key=lambda each: self._size(each[0]))

    def _size(self, ids: Ids) -> int:
        """Return how many the set names, or about how many it is worth to know."""
        if ids.cost is not Cost.POINT:
            return _MOST_SIZED
        counted = Sql(f"SELECT COUNT(*) FROM (SELECT 1 FROM ({ids.text}) one", ids.parameters)
        whole = self._read(Reading.WHOLE)
        found = self._fetch(counted + sql(" LIMIT %s) some_of_it", _MOST_SIZED), whole)
        return int(found[0][0])

    def _fetch(
        self,
        statement: Sql,
        reading: Compiled,
        named: Mapping[str, Sql] = MappingProxyType({}),
        *,
        near: Sql | None = None,
    ) -> list[Any]:
        """Return rows; `near` are the candidates, other sets are called as they are named."""
        sets = {f"{CANDIDATES}(id)": near} if near is not None else {}
        for name, each in {**self._read(Reading.WHOLE).sets, **reading.sets}.items():
            sets[f"{name}(id)"] = each
        sets |= named
        left = timedelta(seconds=max(0.001, self._deadline - monotonic()))
        try:
            return dialects.fetch(_with(sets, statement), limit=left)
        except dialects.Timeout as error:
            raise QueryError(
                f"the search took longer than {self._limit.total_seconds():g} seconds",
                hint="Add a term that fewer things match, such as source: or last_seen:.",
                text=self.text,
            ) from error


def _with(named: Mapping[str, Sql], statement: Sql) -> Sql:
    result = Sql("")
    for number, (name, each) in enumerate(named.items()):
        start = "WITH" if number == 0 else ","
        kept = "" if name.startswith(_LEADER) else " MATERIALIZED"
        result = result + Sql(f"{start} {name} AS{kept} (") + each + Sql(") ")
    return result + statement
