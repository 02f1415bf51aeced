"""How many of what a query matches have each value of a keyword or an attribute."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from muster.inventory import engine
from muster.inventory.facet import Facet, FacetValue, grouped, ranked
from muster.inventory.search.compiling import dialects
from muster.inventory.search.compiling.reading import Reading
from muster.inventory.search.compiling.sql import TRUE, Sql, sql
from muster.inventory.search.finding.asked import Asked
from muster.inventory.search.searching import TIME_LIMIT
from muster.inventory.search.spelling import spelled
from muster.inventory.search.subjects import Subject, subject
from muster.inventory.selectors.source_names import source_name, source_names
from muster.organizations.scope import Scope

LARGEST_FACET = 1000
_ALL = 1_000_000
"""More than there are sites, or combinations of sources."""


def facets(
    scope: Scope,
    text: str,
    *,
    now: datetime,
    by: str,
    inventory: str = "assets",
    most: int = 20,
    limit: timedelta = TIME_LIMIT,
) -> Facet:
    """Return how many of what a query matches have each value of `by`, at most `most` of them.

    `by` is a keyword of the inventory that holds text, a number, a source or a site (`os`, `tag`,
    `department`, `port`), or an attribute's name. Values that differ only in case are one, shown
    as one of its things spells it. Raises QueryError for a query or a `by` that cannot be read,
    or when time runs out.
    """
    asked = Asked.of(scope, text, inventory=inventory, now=now, limit=limit)
    counted_by = subject(scope, by, inventory=inventory, now=now)
    size = max(1, min(most, LARGEST_FACET))
    with asked.reading():
        counted = _count(asked, counted_by, most=_ALL if counted_by.is_named else size)
    if counted_by.is_named:
        values = ranked(_named(scope, counted_by, counted.rows))
        different = len(values)
    else:
        values, different = _spelled(counted_by, counted.rows), counted.different
    return Facet(
        by=by.strip(),
        values=tuple(values[:size]),
        total=counted.total,
        missing=counted.total - counted.having,
        other_values=max(0, different - size),
    )


@dataclass(frozen=True, slots=True)
class _Row:
    """A value as the database holds it, how many things have it, and one of them."""

    value: str | int
    number: int
    example: int


@dataclass(frozen=True, slots=True)
class _Counted:
    """`having` things of the total have any value; `different` values there are in all."""

    total: int
    having: int
    different: int
    rows: list[_Row]


def _count(asked: Asked, counted_by: Subject, *, most: int) -> _Counted:
    """Count in one statement, and for what has one value at most in one pass of its index."""
    is_restricted = asked.test != TRUE or counted_by.tables.shown != TRUE
    held = counted_by.held(is_restricted=is_restricted)
    # Found once where it is read twice, unless that would be a copy of all.
    is_named = is_restricted and not counted_by.is_single
    source = Sql("SELECT value, owner FROM held") if is_named else held
    top = Sql(grouped(source.text, is_once=counted_by.is_once), (*source.parameters, most))
    statement = (
        Sql("SELECT totals.total, totals.valued, top.* FROM (SELECT (")
        + (Sql("SELECT COUNT(*) FROM matched") if is_restricted else _all_rows(asked))
        + Sql(") AS total, (")
        + (Sql("NULL") if counted_by.is_single else _owners(source))
        + Sql(") AS valued) totals LEFT JOIN (")
        + top
        + Sql(") top ON 1 = 1 ORDER BY top.number DESC, top.value")
    )
    named = {"matched(id)": asked.matched(most=None)} if is_restricted else {}
    if is_named:
        named["held(value, owner)"] = held
    found = asked.fetch(statement, Reading.WHOLE, named=named)
    total, having_any, _, _, _, numbers, different = found[0]
    return _Counted(
        total=total,
        having=int(numbers or 0) if having_any is None else having_any,
        different=different or 0,
        rows=[_Row(row[2], row[3], row[4]) for row in found if row[2] is not None],
    )


def _owners(source: Sql) -> Sql:
    """Return how many things have a value; sorting them is quicker than COUNT(DISTINCT)."""
    return Sql(
        f"SELECT COUNT(*) FROM (SELECT owner FROM ({source.text}) held GROUP BY owner) owners",
        source.parameters,
    )


def _all_rows(asked: Asked) -> Sql:
    return sql(
        f"SELECT COUNT(*) FROM {dialects.all_rows(asked.tables)} WHERE t.organization_id = %s",
        asked.organization_id,
    )


def _spelled(counted_by: Subject, rows: Sequence[_Row]) -> list[FacetValue]:
    """Return values in the order the database gave, which is that of the folded ones."""
    if not counted_by.is_folded:
        return [FacetValue(str(each.value), each.number) for each in rows]
    examples = {str(each.value): each.example for each in rows}
    spellings = spelled(counted_by.organization_id, counted_by.tables, counted_by.key, examples)
    return [FacetValue(spellings[str(each.value)], each.number) for each in rows]


def _named(scope: Scope, counted_by: Subject, rows: Iterable[_Row]) -> list[tuple[str, int]]:
    """Return the numbers by the names of sites or sources; a thing may have several sources."""
    if counted_by.key == "site_id":
        sites = dict(
            engine.rows(
                "SELECT id, name FROM organizations_site WHERE organization_id = %s",
                (scope.organization_id,),
            )
        )
        return [(sites[each.value], each.number) for each in rows]
    numbers: dict[str, int] = {}
    for each in rows:
        for name in _sources(counted_by.key, int(each.value)):
            numbers[name] = numbers.get(name, 0) + each.number
    return list(numbers.items())


def _sources(column: str, value: int) -> tuple[str, ...]:
    return source_names(value) if column == "source_mask" else (source_name(value),)
