"""The only compiler from conditions to SQL.

A condition becomes a test of one row `t`: on its own columns, or on its id being in a set.
Every set starts with the organization, none can be NULL, so that NOT is a set difference.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from uuid import UUID

from muster.inventory import engine
from muster.inventory.search.compiling import changed, dialects, figures, relations
from muster.inventory.search.compiling.attributes import Attributes, matches
from muster.inventory.search.compiling.keys import Keys
from muster.inventory.search.compiling.reading import CANDIDATES, Reading
from muster.inventory.search.compiling.sql import (
    FALSE,
    TRUE,
    Cost,
    Ids,
    Sql,
    all_of,
    any_of,
    between,
    in_set,
    negated,
    renamed,
    sql,
)
from muster.inventory.search.compiling.tables import TABLES, Tables
from muster.organizations.scope import Scope
from muster.query.conditions import (
    AddressIn,
    AllOf,
    AnyOf,
    AttributeIs,
    ChangedIs,
    Condition,
    FigureIs,
    FlagIs,
    ForeignIdIs,
    FreeText,
    IdIs,
    PlaceIs,
    RelatedTo,
    SourceIn,
    TextIs,
    Without,
)
from muster.query.values.numbers import Interval
from muster.query.values.patterns import Pattern, fold

_MANY = Interval(low=1, has_low=False)
_DEEPEST = 5
"""Parentheses in one statement part; SQLite's parser holds about a hundred open symbols."""
_MOST_JOINS = 6
_RELATION_DEPTH = 3
"""What a relation counts as: its set, and the one of the other inventory within."""


@dataclass
class Compiler:
    """Compiles conditions for one scope.

    `sets` are the named sets that the result refers to, with their columns; their names begin
    with `prefix`. `level` is how many relations lead to its rows.
    """

    scope: Scope
    inventory: str
    keys: Keys
    sets: dict[str, Sql] = field(default_factory=dict)
    reading: Reading = Reading.WHOLE
    candidates: str = CANDIDATES
    prefix: str = "whole"
    level: int = 0

    @property
    def tables(self) -> Tables:
        """Where the inventory's rows lie."""
        return TABLES[self.inventory]

    def ids(self, condition: Condition) -> Sql:
        """Return the set of ids that the condition holds for."""
        return self.rows(self.row(condition))

    def rows(self, test: Sql, *, column: str = "id") -> Sql:
        """Return the set of rows `t` that pass a test, as their ids or what a column refers to."""
        if test.ids is not None and column == "id" and self.tables.shown == TRUE:
            return Sql(test.ids.text, test.ids.parameters, test.depth)
        if self.reading is Reading.NEAR:
            test = all_of([in_set(Sql(f"SELECT id FROM {self.candidates}")), test])
        start = dialects.within(self.scope.organization_id, test)
        where = all_of([start, self.tables.shown, test])
        return Sql(f"SELECT t.{column} AS id FROM {self.tables.rows} t WHERE ") + where

    def parts(self, condition: Condition) -> tuple[Sql, ...]:
        """Return tests of one row `t` that must all hold."""
        conditions = condition.parts if isinstance(condition, AllOf) else (condition,)
        return tuple(_apart([self.row(each) for each in conditions]))

    def row(self, condition: Condition) -> Sql:
        """Return the test of one row `t`."""
        test = self._row(condition)
        return self._hoisted(test) if test.depth > _DEEPEST else test

    def _hoisted(self, test: Sql) -> Sql:
        """Give a deep test a named set of its own, and return the test of being in that."""
        return in_set(self._named(self.rows(test)))

    def _named(self, ids: Sql) -> Sql:
        """Return a set by a name, so that what it says stands in no parentheses of others."""
        if ids.depth <= 1:
            return ids
        name = f"{self.prefix}_{len(self.sets) + 1}"
        self.sets[f"{name}(id)"] = ids
        return Sql(f"SELECT id FROM {name}", (), 1)

    def _row(self, condition: Condition) -> Sql:  # noqa: C901, PLR0911, PLR0912 - one arm a kind
        match condition:
            case AllOf(parts):
                return all_of(_apart([self.row(each) for each in parts]))
            case AnyOf(parts):
                return self._any(parts)
            case Without(part):
                return negated(self.row(part))
            case TextIs():
                return self._attributes.text(condition)
            case FreeText():
                return self._attributes.free(condition)
            case AttributeIs():
                return self._attributes.named(condition)
            case ChangedIs(name):
                return changed.changed(self.scope.organization_id, self.tables, name)
            case ForeignIdIs(pattern):
                return matches(dialects.lowered("t.foreign_id"), pattern)
            case FigureIs():
                return self._figure(condition)
            case FlagIs(column):
                return self._flag(column)
            case AddressIn():
                return self._address(condition)
            case SourceIn(numbers):
                return self._source(numbers)
            case IdIs(uid):
                return self._id(uid)
            case PlaceIs():
                return self._place(condition)
            case RelatedTo():
                return self._related(condition)

    def _any(self, parts: Sequence[Condition]) -> Sql:
        """Return the test of an OR; values wanted of one attribute are looked for together."""
        wanted: dict[str, list[str]] = {}
        rest: list[Condition] = []
        for part in parts:
            exact = _exactly(part)
            if exact is None:
                rest.append(part)
            else:
                wanted.setdefault(exact[0], []).append(exact[1])
        together = [self._attributes.one_of(key, values) for key, values in wanted.items()]
        return any_of([*together, *(self.row(each) for each in rest)])

    def _id(self, uid: UUID) -> Sql:
        is_uid = sql("t.uid = %s", dialects.uuid_parameter(uid))
        if self.reading is not Reading.WHOLE:
            return is_uid
        found = Sql(f"SELECT t.id FROM {self.tables.rows} t WHERE ") + all_of(
            [is_uid, sql("t.organization_id = %s", self.scope.organization_id)]
        )
        return in_set(found, cost=Cost.POINT, is_unique=True)

    @cached_property
    def _attributes(self) -> Attributes:
        return Attributes(
            self.scope.organization_id,
            self.tables,
            self.keys,
            reading=self.reading,
            candidates=self.candidates,
        )

    def _figure(self, condition: FigureIs) -> Sql:
        column, interval = condition.column, condition.interval
        if self.inventory == "services" and column in {"tcp", "udp"}:
            return figures.port(column, interval)
        if column not in self.tables.figures:
            return self._counted(column, interval)
        is_ranged = column in self.tables.ranged
        is_tested = is_ranged and self.reading is not Reading.WHOLE
        named = engine.unindexed(f"t.{column}") if is_tested else f"t.{column}"
        test = all_of([sql(f"t.{column} IS NOT NULL"), between(named, interval)])
        if not is_ranged or self.reading is not Reading.WHOLE:
            return test
        start = sql("t.organization_id = %s", self.scope.organization_id)
        found = Sql(f"SELECT t.id FROM {self.tables.rows} t WHERE ") + all_of([start, test])
        return replace(test, ids=Ids(found.text, found.parameters, Cost.RANGE, is_unique=True))

    def _flag(self, column: str) -> Sql:
        if column in self.tables.flags:
            return sql(f"t.{column}")
        match column:
            case "gone":
                is_asset = self.inventory == "assets"
                return sql("t.source_mask = 0" if is_asset else "t.gone_at IS NOT NULL")
            case "mac_overlap":
                return self._attributes.shared("_asset.mac")
            case "multi_home":
                return self._counted("address_count", _MANY)
        raise AssertionError(column)

    def _counted(self, column: str, interval: Interval) -> Sql:
        organization_id = self.scope.organization_id
        if self.reading is not Reading.WHOLE:
            of_row = figures.of_row(column, interval)
            if of_row is not None:
                return of_row
        candidates = self.candidates if self.reading is Reading.NEAR else None
        return figures.counted(organization_id, column, interval, candidates=candidates)

    def _address(self, condition: AddressIn) -> Sql:
        within = any_of(
            sql("packed = %s", each.low)
            if each.low == each.high
            else sql("packed >= %s AND packed <= %s", each.low, each.high)
            for each in condition.ranges
        )
        if self.inventory == "services":
            return all_of([sql("t.packed IS NOT NULL"), within])
        start = sql("organization_id = %s", self.scope.organization_id)
        is_near = self.reading is Reading.NEAR
        near = dialects.is_candidate("asset_id", self.candidates) if is_near else TRUE
        where = all_of([start, within, near])
        found = Sql("SELECT asset_id AS id FROM asset_address WHERE ") + where
        return in_set(found, cost=Cost.RANGE)

    def _source(self, numbers: frozenset[int]) -> Sql:
        if self.inventory == "assets":
            mask = sum(1 << each for each in numbers)
            return sql("(t.source_mask & %s) <> 0", mask)
        known = sorted(numbers | {-1}) if 0 in numbers else sorted(numbers)
        marks = ", ".join(["%s"] * len(known))
        return sql(f"t.source_id IN ({marks}) AND t.gone_at IS NULL", *known)

    def _place(self, condition: PlaceIs) -> Sql:
        organization = self.scope.organization
        if condition.kind == "organization":
            named = (organization.name, str(organization.uid))
            return TRUE if any(condition.pattern.matches(fold(each)) for each in named) else FALSE
        sites = engine.rows(
            "SELECT id, name, uid FROM organizations_site WHERE organization_id = %s",
            (organization.pk,),
        )
        found = [
            number
            for number, name, uid in sites
            if any(condition.pattern.matches(fold(each)) for each in (name, str(UUID(str(uid)))))
        ]
        return any_of(sql("t.site_id = %s", each) for each in found)

    def _related(self, condition: RelatedTo) -> Sql:
        if relations.is_in_groups(self.inventory, condition.relation):
            return self._in_groups(condition)
        look = None
        if self.reading is not Reading.WHOLE:
            look = relations.look(self.inventory, condition.relation)
        inner = self._inner(condition, Reading.WHOLE if look is None else Reading.STREAMED)
        test = inner.row(condition.condition)
        if test == FALSE:
            return FALSE
        if look is not None:
            alias = f"r{inner.level}"
            return look.up(self.scope.organization_id, renamed(test, alias), alias=alias)
        return self._related_set(condition, inner, test)

    def _related_set(self, condition: RelatedTo, inner: "Compiler", test: Sql) -> Sql:
        if condition.relation == "service":
            ids = inner.rows(test, column="asset_id")
            if ids.depth > _RELATION_DEPTH:
                ids = self._named(ids)
            return in_set(ids, depth=ids.depth + 1, cost=Cost.RANGE)
        others = inner.rows(test)
        if self.inventory == "services":
            return in_set(self._named(others), column="asset_id", depth=_RELATION_DEPTH)
        if others.depth > _RELATION_DEPTH:
            others = self._named(others)
        ids = relations.relation(self.inventory, condition.relation)(
            self.scope.organization_id, others
        )
        return in_set(ids, depth=others.depth + 2, cost=Cost.JOIN)

    def _in_groups(self, condition: RelatedTo) -> Sql:
        """Return the test of being in such groups, which are put together once for all rows."""
        inner = self._inner(condition, Reading.WHOLE)
        test = inner.row(condition.condition)
        if test == FALSE:
            return FALSE
        organization_id = self.scope.organization_id
        name = f"{self.prefix}_{len(self.sets) + 1}"
        groups = relations.groups_within(organization_id, inner.rows(test))
        self.sets[f"{name}(feed_id, ref)"] = groups
        look = relations.look(self.inventory, condition.relation)
        if look is not None and self.reading is not Reading.WHOLE:
            return look.up(organization_id, TRUE, alias=name)
        ids = relations.members(self.inventory, name, organization_id)
        return in_set(ids, depth=_RELATION_DEPTH, cost=Cost.JOIN)

    def _inner(self, condition: RelatedTo, reading: Reading) -> "Compiler":
        """Return the compiler of what is related."""
        return Compiler(
            self.scope,
            condition.inventory,
            self.keys,
            self.sets,
            reading=reading,
            prefix=self.prefix,
            level=self.level + 1,
        )


def _exactly(condition: Condition) -> tuple[str, str] | None:
    """Return the attribute and the one value that a condition asks for; None if it asks more."""
    match condition:
        case TextIs(key, Pattern() as test) if test.exact:
            return key, test.exact
        case AttributeIs(name, Pattern() as test) if name.exact and test.exact:
            return None if name.exact.startswith("_") else (name.exact, test.exact)
    return None


def _apart(parts: list[Sql]) -> list[Sql]:
    """Return tests of which only the first few are sets that a planner may turn into joins.

    PostgreSQL plans `id IN (...)` that are ANDed as joins, and needs minutes for hundreds.
    """
    sets = [each for each in parts if each.text.startswith(("t.id IN (", "t.asset_id IN ("))]
    later = set(sets[_MOST_JOINS:])
    return [
        replace(each, text=f"({each.text}) IS TRUE", is_led=False) if each in later else each
        for each in parts
    ]
