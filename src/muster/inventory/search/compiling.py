"""The only compiler from conditions to SQL.

A condition becomes a test of one row `t`: on its own columns, or on its id being in a set.
Every set starts with the organization, none can be NULL, so that NOT is a set difference.
"""

from dataclasses import dataclass, field
from uuid import UUID

from muster.inventory import engine
from muster.inventory.search import dialects, figures, relations, services
from muster.inventory.search.attributes import Attributes, matches
from muster.inventory.search.keys import Keys
from muster.inventory.search.sql import (
    FALSE,
    TRUE,
    Sql,
    all_of,
    any_of,
    between,
    in_set,
    negated,
    sql,
)
from muster.inventory.search.tables import TABLES, Tables
from muster.organizations.scope import Scope
from muster.query.conditions import (
    AddressIn,
    AllOf,
    AnyOf,
    AttributeIs,
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
from muster.query.values.patterns import fold

_MANY = Interval(low=1, has_low=False)
_DEEPEST = 5
"""Parentheses in one statement part; SQLite's parser holds about a hundred open symbols."""
_MOST_JOINS = 6
_RELATION_DEPTH = 3
"""What a relation counts as: its set, and the one of the other inventory within."""


@dataclass(slots=True)
class Compiler:
    """Compiles conditions for one scope; `sets` are the named sets that the result refers to."""

    scope: Scope
    inventory: str
    keys: Keys
    sets: list[Sql] = field(default_factory=list)

    @property
    def tables(self) -> Tables:
        """Where the inventory's rows lie."""
        return TABLES[self.inventory]

    def ids(self, condition: Condition) -> Sql:
        """Return the set of ids that the condition holds for."""
        return self._rows(self.row(condition))

    def _rows(self, test: Sql) -> Sql:
        start = dialects.within(self.scope.organization_id, test)
        return Sql(f"SELECT t.id FROM {self.tables.rows} t WHERE ") + all_of([start, test])

    def row(self, condition: Condition) -> Sql:
        """Return the test of one row `t`."""
        test = self._row(condition)
        return self._hoisted(test) if test.depth > _DEEPEST else test

    def _hoisted(self, test: Sql) -> Sql:
        """Give a deep test a named set of its own, and return the test of being in that."""
        return in_set(self._named(self._rows(test)))

    def _named(self, ids: Sql) -> Sql:
        """Return a set by a name, so that what it says stands in no parentheses of others."""
        if ids.depth <= 1:
            return ids
        self.sets.append(ids)
        return Sql(f"SELECT id FROM part_{len(self.sets)}", (), 1)

    def _row(self, condition: Condition) -> Sql:  # noqa: C901, PLR0911, PLR0912 - one arm a kind
        match condition:
            case AllOf(parts):
                return all_of(_apart([self.row(each) for each in parts]))
            case AnyOf(parts):
                return any_of([self.row(each) for each in parts])
            case Without(part):
                return negated(self.row(part))
            case TextIs():
                return self._attributes.text(condition)
            case FreeText():
                return self._attributes.free(condition)
            case AttributeIs():
                return self._attributes.named(condition)
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
                return sql("t.uid = %s", dialects.uuid_parameter(uid))
            case PlaceIs():
                return self._place(condition)
            case RelatedTo():
                return self._related(condition)

    @property
    def _attributes(self) -> Attributes:
        return Attributes(self.scope.organization_id, self.tables, self.keys)

    def _figure(self, condition: FigureIs) -> Sql:
        column, interval = condition.column, condition.interval
        if column not in self.tables.figures:
            return figures.counted(self.scope.organization_id, column, interval)
        within = between(f"t.{column}", interval)
        return all_of([sql(f"t.{column} IS NOT NULL"), within])

    def _flag(self, column: str) -> Sql:
        if column in self.tables.flags:
            return sql(f"t.{column}")
        match column:
            case "gone":
                return sql("t.gone_at IS NOT NULL")
            case "mac_overlap":
                return self._attributes.shared("_asset.mac")
            case "multi_home":
                return figures.counted(self.scope.organization_id, "address_count", _MANY)
        raise AssertionError(column)

    def _address(self, condition: AddressIn) -> Sql:
        within = any_of(
            sql("packed = %s", each.low)
            if each.low == each.high
            else sql("packed >= %s AND packed <= %s", each.low, each.high)
            for each in condition.ranges
        )
        start = sql("organization_id = %s", self.scope.organization_id)
        where = all_of([start, within])
        return in_set(Sql("SELECT asset_id FROM asset_address WHERE ") + where)

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
        organization_id = self.scope.organization_id
        if condition.inventory == "services":
            ids = services.assets_with(organization_id, condition.condition)
        else:
            inner = Compiler(self.scope, condition.inventory, self.keys, self.sets)
            others = self._named(inner.ids(condition.condition))
            ids = relations.relation(self.inventory, condition.relation)(organization_id, others)
        return in_set(ids, depth=_RELATION_DEPTH)


def _apart(parts: list[Sql]) -> list[Sql]:
    """Return tests of which only the first few are sets that a planner may turn into joins.

    PostgreSQL plans `id IN (...)` that are ANDed as joins, and needs minutes for hundreds.
    """
    sets = [each for each in parts if each.text.startswith("t.id IN (")]
    later = set(sets[_MOST_JOINS:])
    return [
        Sql(f"({each.text}) IS TRUE", each.parameters, each.depth) if each in later else each
        for each in parts
    ]
