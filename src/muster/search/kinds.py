"""Two kinds of inventories: those in tables, searched by SQL, and small ones, read whole."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Protocol

from muster.core.errors import QueryError
from muster.inventory import search as tables
from muster.inventory.facet import ranked
from muster.inventory.search import LARGEST_FACET, LARGEST_PAGE, Count, Facet
from muster.inventory.selectors import attribute_values
from muster.organizations.scope import Scope
from muster.query.listing import Entry, matching, page, sortable, values_of
from muster.query.values.patterns import fold
from muster.search.columns import Chosen
from muster.search.found import Found, Row


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: what of which organization, when, and how long the answer may take."""

    scope: Scope
    text: str
    now: datetime
    limit: timedelta


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which page, in which order, and whether it says how many match in all."""

    sort: str
    page_size: int
    after: str = ""
    is_counted: bool = False


class Inventory(Protocol):
    """What every inventory answers."""

    @property
    def sort(self) -> str:
        """The order where none is asked for."""

    def orders(self) -> tuple[str, ...]:
        """Return the keywords that it can be sorted by."""

    def find(self, asked: Asked, chosen: Chosen, wanted: Wanted) -> Found:
        """Return one page."""

    def every(self, asked: Asked, chosen: Chosen, *, sort: str, most: int | None) -> Iterator[Row]:
        """Yield rows in an order, at most so many if any number is given."""

    def count(self, asked: Asked, *, is_exact: bool) -> Count:
        """Return how many match."""

    def facets(self, asked: Asked, *, by: str, most: int) -> Facet:
        """Return how many of them have each value of something."""


@dataclass(frozen=True, slots=True)
class InTables:
    """An inventory whose rows are found by SQL. `rows` reads a page's by their keys, in order."""

    name: str
    sort: str
    rows: Callable[[Scope, Sequence[int]], list[Row]]

    def orders(self) -> tuple[str, ...]:
        """Return the keywords that it can be sorted by."""
        return tables.orders(self.name)

    def find(self, asked: Asked, chosen: Chosen, wanted: Wanted) -> Found:
        """Return one page."""
        found = tables.search(
            asked.scope,
            asked.text,
            now=asked.now,
            inventory=self.name,
            page_size=wanted.page_size,
            after=wanted.after,
            sort=wanted.sort,
            is_counted=wanted.is_counted,
            limit=asked.limit,
        )
        rows = tuple(self._rows(asked.scope, found.ids, chosen))
        return Found(rows, found.next_key, found.count)

    def every(self, asked: Asked, chosen: Chosen, *, sort: str, most: int | None) -> Iterator[Row]:
        """Yield rows page by page, so that a listing of everything does not fill the memory."""
        after, left = "", most
        while left is None or left > 0:
            size = LARGEST_PAGE if left is None else min(left, LARGEST_PAGE)
            found = self.find(asked, chosen, Wanted(sort, size, after))
            yield from found.rows
            if not found.next_key:
                return
            after, left = found.next_key, None if left is None else left - size

    def count(self, asked: Asked, *, is_exact: bool) -> Count:
        """Return how many match, exactly up to 10,000 or if asked."""
        return tables.count(
            asked.scope,
            asked.text,
            now=asked.now,
            inventory=self.name,
            is_exact=is_exact,
            limit=asked.limit,
        )

    def facets(self, asked: Asked, *, by: str, most: int) -> Facet:
        """Return how many of them have each value of a keyword or an attribute."""
        return tables.facets(
            asked.scope,
            asked.text,
            now=asked.now,
            by=by,
            inventory=self.name,
            most=most,
            limit=asked.limit,
        )

    def _rows(self, scope: Scope, ids: Sequence[int], chosen: Chosen) -> Iterator[Row]:
        rows = self.rows(scope, ids)
        if not chosen.beside:
            yield from (_picked(each, chosen) for each in rows)
            return
        beside = attribute_values(scope, ids, chosen.beside, inventory=self.name)
        yield from (_picked({**each, **beside.get(str(each["id"]), {})}, chosen) for each in rows)


@dataclass(frozen=True, slots=True)
class InMemory:
    """A small inventory: `entries` reads all of it, and `evaluate` decides what matches."""

    name: str
    sort: str
    entries: Callable[[Scope], list[Entry]]

    def orders(self) -> tuple[str, ...]:
        """Return the keywords that it can be sorted by."""
        return sortable(self.name)

    def find(self, asked: Asked, chosen: Chosen, wanted: Wanted) -> Found:
        """Return one page."""
        matching = self._matching(asked)
        listed = page(
            matching,
            inventory=self.name,
            sort=wanted.sort,
            after=wanted.after,
            page_size=max(1, min(wanted.page_size, LARGEST_PAGE)),
        )
        rows = tuple(_picked(each.fields, chosen) for each in listed.entries)
        number = Count(len(matching)) if wanted.is_counted else None
        return Found(rows, listed.next_key, number)

    def every(self, asked: Asked, chosen: Chosen, *, sort: str, most: int | None) -> Iterator[Row]:
        """Yield rows in an order: all of them are in memory already."""
        found = self._matching(asked)
        size = len(found) if most is None else most
        listed = page(found, inventory=self.name, sort=sort, page_size=size)
        yield from (_picked(each.fields, chosen) for each in listed.entries)

    def count(self, asked: Asked, *, is_exact: bool) -> Count:
        """Return how many match; it is always known exactly."""
        return Count(len(self._matching(asked)))

    def facets(self, asked: Asked, *, by: str, most: int) -> Facet:
        """Return how many of them have each value of a keyword, whatever its case."""
        held = values_of(self._matching(asked), by, inventory=self.name)
        values = ranked(_tally(held))
        size = max(1, min(most, LARGEST_FACET))
        return Facet(
            by=by.strip(),
            values=tuple(values[:size]),
            total=len(held),
            missing=sum(not each for each in held),
            other_values=max(0, len(values) - size),
        )

    def _matching(self, asked: Asked) -> list[Entry]:
        tick = _Deadline(asked)
        return matching(
            self.entries(asked.scope), asked.text, inventory=self.name, now=asked.now, tick=tick
        )


class _Deadline:
    """Called now and then; raises QueryError once the time of a question is up."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._end = monotonic() + asked.limit.total_seconds()

    def __call__(self) -> None:
        if monotonic() > self._end:
            raise QueryError(
                f"the search took longer than {self._asked.limit.total_seconds():g} seconds",
                hint="Ask for less at once: fewer terms, or shorter ones.",
                text=self._asked.text,
            )


def _picked(row: Mapping[str, object], chosen: Chosen) -> Row:
    return {name: row.get(name) for name in chosen.names} if chosen.names else dict(row)


def _tally(held: Iterable[Iterable[str]]) -> list[tuple[str, int]]:
    """Return how many have each value; the first spelling stands for all that differ in case."""
    spellings: dict[str, str] = {}
    numbers: dict[str, int] = {}
    for values in held:
        for folded, value in {fold(each): each for each in values}.items():
            spellings.setdefault(folded, value)
            numbers[folded] = numbers.get(folded, 0) + 1
    return [(spellings[folded], number) for folded, number in numbers.items()]
