"""Completion with what the inventory holds: values, attribute names, sources and sites.

Values come by prefix from the covering index of the attributes, one seek for each, never by
reading all of a key; so the answer takes as long with a million assets as with ten.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import product
from time import monotonic
from typing import Any

from muster.core.errors import QueryError
from muster.inventory.schema import RECENT
from muster.inventory.search.compiling.attributes import prefixed
from muster.inventory.search.compiling.keys import Keys, known_attributes
from muster.inventory.search.compiling.sql import Sql, all_of, sql
from muster.inventory.search.compiling.tables import TABLES, Tables
from muster.inventory.search.finding import reader
from muster.inventory.search.spelling import spelled
from muster.inventory.selectors.source_names import source_name
from muster.organizations.scope import Scope
from muster.query import bind, parse
from muster.query.completing import (
    MOST_SUGGESTED,
    Completion,
    Suggestion,
    SuggestionKind,
    Wanted,
    WantedKind,
)
from muster.query.completing import complete as complete_by_grammar
from muster.query.parse import LONGEST_QUERY_BYTES
from muster.query.values.patterns import Pattern, fold
from muster.query.values.sources import source_number

TIME_LIMIT = timedelta(milliseconds=300)
"""For each question to the database: better no suggestion than a late one."""

_MOST_RANKED = 50
_MOST_DIFFERENT = 200
_MOST_COUNTED = 1000
_MOST_SITES = 1000
_SOME_TIME = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Found:
    """A folded value, how many have it up to `_MOST_COUNTED`, and one that has."""

    value: str
    number: int
    example: int


def complete(
    scope: Scope,
    text: str,
    cursor: int,
    *,
    inventory: str = "assets",
    most: int = MOST_SUGGESTED,
    limit: timedelta = TIME_LIMIT,
) -> Completion:
    """Return what may stand at the cursor, with the values that the organization has.

    At most `most` suggestions, values by how many have them. What the database does not find
    within the limit is left out. Raises QueryError if there is no such inventory.
    """
    by_grammar = complete_by_grammar(text, cursor, inventory, limit=most)
    wanted = by_grammar.wanted
    if wanted is None:
        return by_grammar
    found = _Inventory(scope, wanted, most, monotonic() + limit.total_seconds()).suggestions()
    room = LONGEST_QUERY_BYTES - len(text.encode())
    fitting = [each for each in found if len(each.text.encode()) <= room]
    if wanted.is_keyword:
        fitting = [each for each in fitting if _is_read(scope, each.text, inventory)]
    suggestions = _merged(by_grammar.suggestions, fitting)
    return replace(by_grammar, suggestions=tuple(suggestions[:most]))


def _merged(known: Sequence[Suggestion], found: Sequence[Suggestion]) -> list[Suggestion]:
    """Return all once: operators behind the values, attributes behind keywords."""
    behind = [each for each in known if each.kind is SuggestionKind.OPERATOR]
    before = [each for each in known if each.kind is not SuggestionKind.OPERATOR]
    return list({each.text: each for each in (*before, *found, *behind)}.values())


def _is_read(scope: Scope, keyword: str, inventory: str) -> bool:
    """True if the language takes the name, with its colon, for an attribute of the inventory."""
    try:
        query, is_attribute = parse(f"{keyword}="), known_attributes(scope)
        bind(query, inventory=inventory, now=_SOME_TIME, is_attribute=is_attribute)
    except QueryError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class _Inventory:
    """Finds what is wanted in one organization, until `deadline` on the monotonic clock."""

    scope: Scope
    wanted: Wanted
    most: int
    deadline: float

    def suggestions(self) -> list[Suggestion]:
        """Return what was found, most useful first."""
        match self.wanted.kind:
            case WantedKind.VALUES if self.wanted.inventory in TABLES:
                return self._values()
            case WantedKind.ATTRIBUTES if self.wanted.inventory in TABLES:
                return self._written(self._names())
            case WantedKind.SOURCES:
                return self._written(self._fitting(self._sources()))
            case WantedKind.SITES:
                return self._written(self._fitting(self._sites()))
            case WantedKind.ORGANIZATIONS:
                return self._written(self._fitting([self.scope.organization.name]))
            case _:
                return []

    def _written(self, texts: Iterable[str]) -> list[Suggestion]:
        kind = SuggestionKind.ATTRIBUTE if self.wanted.is_keyword else SuggestionKind.VALUE
        written = (self.wanted.written(each) for each in texts)
        return [Suggestion(each, kind) for each in written if each is not None]

    def _fitting(self, texts: Iterable[str]) -> list[str]:
        """Return those that contain what was typed, those that begin so first."""
        prefix = self.wanted.prefix
        fitting = [each for each in texts if prefix in fold(each)]
        return sorted(fitting, key=lambda each: (not fold(each).startswith(prefix), fold(each)))

    def _sources(self) -> list[str]:
        rows = self._fetch(
            sql(
                "SELECT DISTINCT source_id FROM inventory_feed WHERE organization_id = %s",
                self.scope.organization_id,
            )
        )
        names = (source_name(row[0]) for row in rows)
        return [each for each in names if source_number(each) is not None]

    def _sites(self) -> list[str]:
        rows = self._fetch(
            sql(
                "SELECT name FROM organizations_site WHERE organization_id = %s"
                " ORDER BY name LIMIT %s",
                self.scope.organization_id,
                _MOST_SITES,
            )
        )
        return [row[0] for row in rows]

    def _names(self) -> list[str]:
        """Return attribute names: those that begin so, whose last parts do, that contain it."""
        tables, prefix = TABLES[self.wanted.inventory], self.wanted.prefix
        typed = Pattern.text(prefix).like()
        rows = self._fetch(
            sql(
                "SELECT name FROM inventory_attributekey WHERE organization_id = %s"
                " AND inventory = %s AND folded LIKE %s ESCAPE '\\'"
                " AND folded NOT LIKE %s ESCAPE '\\'"
                " ORDER BY CASE WHEN folded LIKE %s ESCAPE '\\' THEN 0"
                " WHEN folded LIKE %s ESCAPE '\\' THEN 1 ELSE 2 END, folded, name LIMIT %s",
                self.scope.organization_id,
                tables.number.value,
                f"%{typed}%",
                f"\\{tables.own_prefix}%",
                f"{typed}%",
                f"%.{typed}%",
                self.most,
            )
        )
        return [row[0] for row in rows]

    def _values(self) -> list[Suggestion]:
        suggestions: dict[str, Suggestion] = {}
        for key in self.wanted.keys:
            found = sorted(self._of_key(key), key=self._rank)
            for each, text in self._spelled(key, found[: self.most]):
                if (written := self.wanted.written(text)) is not None:
                    said = Suggestion(written, SuggestionKind.VALUE, self._counted(each.number))
                    suggestions.setdefault(written, said)
        return list(suggestions.values())

    def _rank(self, found: _Found) -> tuple[bool, int, str]:
        return not found.value.startswith(self.wanted.prefix), -found.number, found.value

    def _counted(self, number: int) -> str:
        more = "+" if number >= _MOST_COUNTED else ""
        name = self.wanted.inventory.removesuffix("s") if number == 1 else self.wanted.inventory
        return f"{number:,}{more} {name}"

    def _spelled(self, key: str, found: Sequence[_Found]) -> list[tuple[_Found, str]]:
        if not found or monotonic() > self.deadline:
            return [(each, each.value) for each in found]
        tables = TABLES[self.wanted.inventory]
        examples = {each.value: each.example for each in found}
        texts = spelled(self.scope.organization_id, tables, key, examples)
        return [(each, texts[each.value]) for each in found]

    def _of_key(self, key: str) -> list[_Found]:
        """Return values that begin with what was typed, or contain it if the key has few."""
        prefix = self.wanted.prefix
        begun = self._beginning(key, prefix, most=_MOST_RANKED)
        if not prefix or len(begun) >= self.most:
            return begun
        every = self._beginning(key, "", most=_MOST_DIFFERENT)
        if len(every) >= _MOST_DIFFERENT:
            return begun
        return [each for each in every if prefix in each.value]

    def _beginning(self, key: str, prefix: str, *, most: int) -> list[_Found]:
        tables = TABLES[self.wanted.inventory]
        found: dict[str, _Found] = {}
        numbers = Keys(self.scope.organization_id).numbers(tables.number, key)
        organization_id = self.scope.organization_id
        for number, behind in product(numbers, ("", RECENT)):
            scan = loose_scan(
                organization_id, tables, number, prefix=prefix, most=most, behind=behind
            )
            for value, count, example in self._fetch(scan):
                before = found[value].number if value in found else 0
                found[value] = _Found(value, min(before + count, _MOST_COUNTED), example)
        return list(found.values())

    def _fetch(self, statement: Sql) -> list[Any]:
        """Return the rows of a statement, none if there is no time left for them."""
        left = timedelta(seconds=self.deadline - monotonic())
        if left <= timedelta(0):
            return []
        try:
            return reader.fetch(statement, limit=left)
        except reader.Timeout:
            return []


def loose_scan(
    organization_id: int,
    tables: Tables,
    key: int,
    *,
    prefix: str,
    most: int = _MOST_RANKED,
    behind: str = "",
) -> Sql:
    """Return the statement that jumps in the index from each value of a key to the next one.

    `behind` is what the attributes' table has behind its name. The rows are a value with the
    prefix, how many have it up to `_MOST_COUNTED`, and one that has.
    """
    of_key = sql("a.organization_id = %s AND a.key_id = %s", organization_id, key)
    bounds = prefixed("a.value", prefix) or [sql("a.value > ''")]
    rows = Sql(f"FROM {tables.attributes}{behind} a WHERE ")
    # One lower bound only: SQLite seeks by the first that it finds and tests the other row by row.
    following = all_of([of_key, sql("a.value > found.value"), *bounds[1:]])
    same = rows + all_of([of_key, sql("a.value = found.value")])
    return (
        Sql("WITH RECURSIVE found(value, place) AS (SELECT (SELECT a.value ")
        + rows
        + all_of([of_key, *bounds])
        + Sql(" ORDER BY a.value LIMIT 1), 1 UNION ALL SELECT (SELECT a.value ")
        + rows
        + following
        + sql(
            " ORDER BY a.value LIMIT 1), place + 1 FROM found"
            " WHERE found.value IS NOT NULL AND place < %s)",
            most,
        )
        + Sql(" SELECT found.value, (SELECT COUNT(*) FROM (SELECT 1 ")
        + same
        + sql(" LIMIT %s) some_of_them), ", _MOST_COUNTED)
        + Sql(f"(SELECT a.{tables.owner} ")
        + same
        + Sql(" LIMIT 1) FROM found WHERE found.value IS NOT NULL")
    )
