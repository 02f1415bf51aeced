"""What things can be counted by, and where its values lie."""

from dataclasses import dataclass
from datetime import datetime

from muster.core.errors import QueryError
from muster.inventory.attributes import LONGEST_KEY
from muster.inventory.search.compiling import dialects
from muster.inventory.search.compiling.compiler import Compiler
from muster.inventory.search.compiling.keys import Keys, known_attributes
from muster.inventory.search.compiling.sql import TRUE, Sql, all_of, in_set, sql
from muster.inventory.search.compiling.tables import TABLES, Tables
from muster.organizations.scope import Scope
from muster.query import Query, bind, parse, to_text
from muster.query.ast import Operator, Term, Value
from muster.query.catalogue import Field, FieldType, catalogue
from muster.query.conditions import (
    AllOf,
    AnyOf,
    AttributeIs,
    Condition,
    ForeignIdIs,
    PlaceIs,
    RelatedTo,
    SourceIn,
    TextIs,
    Without,
)

_COUNTED = {
    FieldType.TEXT,
    FieldType.VERSION,
    FieldType.MAC,
    FieldType.NUMBER,
    FieldType.SITE,
    FieldType.SOURCE,
    FieldType.ATTRIBUTE,
}
_ASSET_COLUMNS = {"_asset.os", "_asset.os_version", "_asset.type", "_asset.hw", "_asset.vendor"}
_MATCHED = Sql("SELECT id FROM matched")


@dataclass(frozen=True, slots=True)
class ByKey:
    """Values in the attribute tables under `key`, of the things in the set `holders` if given.

    `numbers` are the key's; several differ in case. With `is_single`, no thing has two values.
    `table` is what to read them from, as `Keys.table` says.
    """

    organization_id: int
    tables: Tables
    table: str
    key: str
    numbers: tuple[int, ...]
    is_single: bool
    holders: Sql | None = None

    is_folded = True
    is_named = False

    @property
    def is_once(self) -> bool:
        """True if no value comes twice for one thing."""
        return len(self.numbers) == 1 and self.table == self.tables.attributes

    def held(self, *, is_restricted: bool) -> Sql:
        """Return the rows of value and owner, of what matched only if restricted."""
        owner = self.tables.owner
        sets = [self.holders] if self.holders else []
        if is_restricted:
            sets.append(_MATCHED)
        start = sql("organization_id = %s", self.organization_id)
        tests = [start, _one_of("key_id", self.numbers), sql("value > ''")]
        tests += [Sql(f"{owner} IN ({each.text})", each.parameters) for each in sets]
        return Sql(f"SELECT value, {owner} AS owner FROM {self.table} WHERE ") + all_of(tests)


@dataclass(frozen=True, slots=True)
class ByColumn:
    """Values in a column of the things themselves: the site, sources, a number, the foreign id."""

    organization_id: int
    tables: Tables
    key: str

    is_single = True
    is_once = True

    @property
    def is_folded(self) -> bool:
        """True if the values are text, compared without case."""
        return self.key == "foreign_id"

    @property
    def is_named(self) -> bool:
        """True if the values are the numbers of sites or sources, which have names."""
        return self.key in {"site_id", "source_mask", "source_id"}

    def held(self, *, is_restricted: bool) -> Sql:
        """Return the rows of value and owner, of what matched only if restricted."""
        test = in_set(_MATCHED) if is_restricted else TRUE
        start = dialects.within(self.organization_id, test)
        tests = [start, test, *self._has_value()]
        column = dialects.lowered(f"t.{self.key}") if self.is_folded else f"t.{self.key}"
        table = f"{self.tables.rows} t" if is_restricted else dialects.all_rows(self.tables)
        rows = f"SELECT {column} AS value, t.id AS owner FROM {table} WHERE "
        return Sql(rows) + all_of(tests)

    def _has_value(self) -> list[Sql]:
        """What is gone from its source has none, as `source:` finds it."""
        match self.key:
            case "source_mask":
                return [sql("t.source_mask <> 0")]
            case "source_id":
                return [sql("t.gone_at IS NULL")]
        return []


Subject = ByKey | ByColumn


def subject(scope: Scope, by: str, *, inventory: str, now: datetime) -> Subject:
    """Return what a keyword or an attribute's name stands for.

    Raises QueryError if there is no such thing in the inventory, or nothing to count by it.
    """
    by = by.strip()
    field = catalogue(inventory).field(by)
    if not by or len(by) > LONGEST_KEY or (field and not _is_countable(field, inventory)):
        raise _not_countable(by, inventory)
    if field and field.type is FieldType.NUMBER:
        return ByColumn(scope.organization_id, TABLES[inventory], field.column)
    found = _subject(scope, _lacking(scope, by, inventory, now), inventory)
    if found is None:
        raise _not_countable(by, inventory)
    return found


def _lacking(scope: Scope, by: str, inventory: str, now: datetime) -> Condition:
    """Return what `by:=` means: keywords, prefixes and mistakes are read as in a query."""
    query = parse(to_text(Query(Term(by, Operator.EQUAL, Value()))))
    try:
        is_attribute = known_attributes(scope)
        return bind(query, inventory=inventory, now=now, is_attribute=is_attribute)
    except QueryError as error:
        error.text, error.position, error.length = by, 0, len(by)
        raise


def _subject(scope: Scope, condition: Condition, inventory: str) -> Subject | None:
    match condition:
        case Without(TextIs(key)):
            return _by_key(scope, key, inventory, is_single=_is_single(key))
        case Without(AttributeIs(name) | AnyOf((AttributeIs(name), RelatedTo()))) if name.exact:
            # Also of its services, says the latter; they are counted by themselves.
            return _by_key(scope, name.exact, inventory, is_single=False)
        case AllOf((SourceIn() as source, Without(AttributeIs(name)))) if name.exact:
            holders = Compiler(scope, inventory, Keys(scope.organization_id)).ids(source)
            return _by_key(scope, name.exact, inventory, is_single=False, holders=holders)
    column = _column(condition, inventory)
    return ByColumn(scope.organization_id, TABLES[inventory], column) if column else None


def _column(condition: Condition, inventory: str) -> str:
    match condition:
        case ForeignIdIs():
            return "foreign_id"
        case PlaceIs("site"):
            return "site_id"
        case Without(SourceIn()):
            return "source_mask" if inventory == "assets" else "source_id"
    return ""


def _is_single(key: str) -> bool:
    """True of what is a column of an asset, and of what a record of a user or group says once."""
    return key in _ASSET_COLUMNS or key.startswith(("_user.", "_group."))


def _by_key(
    scope: Scope, key: str, inventory: str, *, is_single: bool, holders: Sql | None = None
) -> ByKey:
    tables, keys = TABLES[inventory], Keys(scope.organization_id)
    return ByKey(
        organization_id=scope.organization_id,
        tables=tables,
        table=keys.table(tables.attributes),
        key=key,
        numbers=keys.numbers(tables.number, key),
        is_single=is_single,
        holders=holders,
    )


def _one_of(column: str, numbers: tuple[int, ...]) -> Sql:
    """Return the condition of an index that is then read in the order of its values."""
    if len(numbers) == 1:
        return sql(f"{column} = %s", numbers[0])
    marks = ", ".join(["%s"] * len(numbers)) or "NULL"
    return sql(f"{column} IN ({marks})", *numbers)


def _is_countable(field: Field, inventory: str) -> bool:
    """True of what is stored with each thing; numbers that are counted themselves are not."""
    is_kept = field.type is not FieldType.NUMBER or field.column in TABLES[inventory].figures
    return field.type in _COUNTED and is_kept


def _not_countable(by: str, inventory: str) -> QueryError:
    fields = catalogue(inventory).known()
    known = ", ".join(each.name for each in fields if _is_countable(each, inventory))
    shown = "".join(each if each.isprintable() else "?" for each in by[:60])
    return QueryError(
        f"{inventory} cannot be counted by '{shown}'",
        hint=f"Count them by {known}, or by an attribute such as @azuread.dev.trustType.",
    )
