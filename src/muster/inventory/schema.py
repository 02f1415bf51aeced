"""Tables that only set-based SQL touches: their columns, once, for both engines.

`{integer}`, `{text}` and `{bytes}` are the engine's types. Folded text is compared by code
points on PostgreSQL too (collation "C"), which makes prefix ranges and index-only scans possible
(reference storage.md, rule 2). Primary keys that hold the whole row need no second copy of it.
"""

from collections.abc import Collection
from dataclasses import dataclass

_TYPES = {
    "sqlite": {"integer": "INTEGER", "text": "TEXT", "bytes": "BLOB"},
    "postgresql": {"integer": "BIGINT", "text": 'TEXT COLLATE "C"', "bytes": "BYTEA"},
}

RECENT = "_recent"
"""Behind a table's name: where rows of a bulk load are until they are moved into the table."""


@dataclass(frozen=True, slots=True)
class Table:
    """One table: columns with their types, the primary key, and further indexes."""

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    indexes: tuple[tuple[str, ...], ...] = ()

    def create(self, vendor: str) -> list[str]:
        """Return the statements that create it on `sqlite` or `postgresql`."""
        columns = ", ".join(self.columns).format(**_TYPES[vendor])
        # SQLite keeps large rows on two pages each in a table without rowids.
        is_keyed = vendor == "sqlite" and len(self.key) > 1
        without = " WITHOUT ROWID" if is_keyed else ""
        statements = [
            f"CREATE TABLE {self.name} ({columns}, PRIMARY KEY ({', '.join(self.key)})){without}"
        ]
        for number, index in enumerate(self.indexes, start=1):
            named = f"{self.name}_index_{number}"
            statements.append(f"CREATE INDEX {named} ON {self.name} ({', '.join(index)})")
        return statements

    def drop(self) -> str:
        """Return the statement that drops it."""
        return f"DROP TABLE {self.name}"


def _attributes(name: str, owner: str) -> Table:
    return Table(
        name,
        (
            "organization_id {integer} NOT NULL",
            "key_id {integer} NOT NULL",
            "value {text} NOT NULL",
            f"{owner} {{integer}} NOT NULL",
        ),
        ("organization_id", "key_id", "value", owner),
    )


ATTRIBUTES = {
    "asset_attribute": "asset_id",
    "user_attribute": "user_id",
    "group_attribute": "group_id",
    "service_attribute": "service_id",
}
"""The tables of attributes, and in which column each says whose an attribute is."""


def _with_recent(name: str, owner: str) -> tuple[Table, Table]:
    """Return the table of an inventory's attributes, and that of those which came recently.

    A bulk load would touch every page of a large index again and again; so its rows gather in a
    small one first, and move from there in the order of the large one.
    """
    return _attributes(name, owner), _attributes(name + RECENT, owner)


def all_attributes(name: str) -> str:
    """Return what to read from instead of a table of attributes while a bulk load runs.

    A row may then be there twice.
    """
    columns = f"organization_id, key_id, value, {ATTRIBUTES[name]}"
    both = f"SELECT {columns} FROM {name} UNION ALL SELECT {columns} FROM {name}{RECENT}"
    return f"({both}) AS {name}"


def _records(name: str) -> Table:
    return Table(name, ("id {integer} NOT NULL", "body {bytes} NOT NULL"), ("id",))


SINCE = "since_id {integer} NOT NULL DEFAULT 0"
"""Since which revision a relation is there; 0 where its collection was first read then."""

HISTORY = (
    Table(
        "history",
        (
            "organization_id {integer} NOT NULL",
            "subject {integer} NOT NULL",
            "owner_id {integer} NOT NULL",
            "revision_id {integer} NOT NULL",
            "events {integer} NOT NULL",
            "body {text} NOT NULL",
        ),
        ("organization_id", "subject", "owner_id", "revision_id"),
        (("organization_id", "revision_id", "subject", "owner_id"),),
    ),
    Table(
        "history_new",
        (
            "organization_id {integer} NOT NULL",
            "subject {integer} NOT NULL",
            "first_id {integer} NOT NULL",
            "last_id {integer} NOT NULL",
            "revision_id {integer} NOT NULL",
        ),
        ("organization_id", "subject", "first_id"),
        (("organization_id", "revision_id"),),
    ),
    Table(
        "history_key",
        (
            "organization_id {integer} NOT NULL",
            "key_id {integer} NOT NULL",
            "owner_id {integer} NOT NULL",
            "revision_id {integer} NOT NULL",
        ),
        ("organization_id", "key_id", "owner_id"),
    ),
    Table(
        "history_absorbed",
        (
            "organization_id {integer} NOT NULL",
            "asset_id {integer} NOT NULL",
            "into_id {integer} NOT NULL",
            "uid {text} NOT NULL",
            "name {text} NOT NULL",
            "revision_id {integer} NOT NULL",
        ),
        ("organization_id", "asset_id"),
        (("organization_id", "into_id"), ("organization_id", "uid")),
    ),
    Table(
        "membership_gone",
        (
            "organization_id {integer} NOT NULL",
            "group_ref {text} NOT NULL",
            "member_ref {text} NOT NULL",
            "member_kind {integer} NOT NULL",
            "feed_id {integer} NOT NULL",
            "since_id {integer} NOT NULL",
            "until_id {integer} NOT NULL",
        ),
        ("organization_id", "group_ref", "member_ref", "feed_id", "until_id"),
        (("organization_id", "member_ref"), ("organization_id", "until_id")),
    ),
    Table(
        "ownership_gone",
        (
            "organization_id {integer} NOT NULL",
            "subject_ref {text} NOT NULL",
            "owner_ref {text} NOT NULL",
            "relation {integer} NOT NULL",
            "subject_kind {integer} NOT NULL",
            "owner_kind {integer} NOT NULL",
            "feed_id {integer} NOT NULL",
            "since_id {integer} NOT NULL",
            "until_id {integer} NOT NULL",
        ),
        ("organization_id", "subject_ref", "relation", "owner_ref", "feed_id", "until_id"),
        (("organization_id", "owner_ref"), ("organization_id", "until_id")),
    ),
)
"""What changed: see docs/decisions/0016-history-by-revision.md."""

TABLES = (
    _records("asset_source_record"),
    _records("directory_user_record"),
    _records("directory_group_record"),
    _records("service_record"),
    *(each for name, owner in ATTRIBUTES.items() for each in _with_recent(name, owner)),
    Table(
        "asset_address",
        (
            "organization_id {integer} NOT NULL",
            "packed {bytes} NOT NULL",  # 16 bytes; IPv4 as ::ffff:a.b.c.d
            "asset_id {integer} NOT NULL",
        ),
        ("organization_id", "packed", "asset_id"),
    ),
    Table(
        "match_key",
        (
            "organization_id {integer} NOT NULL",
            "site_id {integer} NOT NULL",
            "dimension {integer} NOT NULL",
            "value {text} NOT NULL",
            "source_id {integer} NOT NULL",
            "record_id {integer} NOT NULL",
        ),
        ("organization_id", "site_id", "dimension", "value", "source_id", "record_id"),
    ),
    Table(
        "membership",
        (
            "organization_id {integer} NOT NULL",
            "group_ref {text} NOT NULL",
            "member_ref {text} NOT NULL",
            "member_kind {integer} NOT NULL",
            "feed_id {integer} NOT NULL",
            "run_id {integer} NOT NULL",
            SINCE,
        ),
        ("organization_id", "group_ref", "member_ref", "feed_id"),
        (("organization_id", "member_ref", "group_ref"),),
    ),
    Table(
        "ownership",
        (
            "organization_id {integer} NOT NULL",
            "subject_ref {text} NOT NULL",
            "owner_ref {text} NOT NULL",
            "relation {integer} NOT NULL",
            "subject_kind {integer} NOT NULL",
            "owner_kind {integer} NOT NULL",
            "feed_id {integer} NOT NULL",
            "run_id {integer} NOT NULL",
            SINCE,
        ),
        ("organization_id", "subject_ref", "relation", "owner_ref", "feed_id"),
        (("organization_id", "owner_ref", "subject_ref"),),
    ),
    *HISTORY,
)

# The numbers that stand for words in the tables above.
MEMBER_KINDS = {"user": 1, "group": 2, "device": 3, "other": 0}
SUBJECT_KINDS = {"asset": 1, "group": 2}
OWNER_KINDS = {"user": 1, "other": 0}
RELATIONS = {"owner": 1, "user": 2}

_TEXT = {
    "sqlite": [
        (
            "CREATE VIRTUAL TABLE asset_text USING fts5"
            "(body, organization_id UNINDEXED, tokenize='trigram')"
        )
    ],
    "postgresql": [
        "CREATE EXTENSION IF NOT EXISTS pg_trgm",
        (
            "CREATE TABLE asset_text (rowid BIGINT PRIMARY KEY, body TEXT NOT NULL,"
            " organization_id BIGINT NOT NULL)"
        ),
        "CREATE INDEX asset_text_trigrams ON asset_text USING gin (body gin_trgm_ops)",
    ],
}


_NAMES = {"sqlite": "lower({column})", "postgresql": '(lower({column}) COLLATE "C")'}
_ORDERS = {
    "asset_by_first_seen": ("inventory_asset", "first_seen"),
    "asset_by_name": ("inventory_asset", "name"),
    "asset_by_os": ("inventory_asset", "os"),
    "directory_user_by_last_seen": ("inventory_directoryuser", "last_seen"),
    "directory_user_by_display_name": ("inventory_directoryuser", "display_name"),
}
"""Further orders of pages that are read from an index."""

_NESTED = (
    "CREATE INDEX membership_of_groups ON membership (organization_id, group_ref, member_ref)"
    f" WHERE member_kind = {MEMBER_KINDS['group']}"
)
"""The few memberships of groups in groups: found without reading who else is in a group."""


def create_search_indexes(vendor: str) -> list[str]:
    """Return the statements that create what only searches need."""
    orders = (
        f"CREATE INDEX {name} ON {table} (organization_id, {_ordered_by(vendor, column)}, id)"
        for name, (table, column) in _ORDERS.items()
    )
    return [*orders, _NESTED]


def drop_search_indexes() -> list[str]:
    """Return the statements that drop it again."""
    return [f"DROP INDEX {name}" for name in (*_ORDERS, "membership_of_groups")]


def _ordered_by(vendor: str, column: str) -> str:
    return column if column.endswith("_seen") else _NAMES[vendor].format(column=column)


def create_statements(vendor: str) -> list[str]:
    """Return every statement that creates these tables on an engine."""
    return [each for table in TABLES for each in table.create(vendor)] + _TEXT[vendor]


def create_missing(vendor: str, there: Collection[str]) -> list[str]:
    """Return the statements that create those of these tables that are not there yet."""
    missing = (table for table in TABLES if table.name not in there)
    return [each for table in missing for each in table.create(vendor)]


def add_since(vendor: str) -> list[str]:
    """Return the statements that give relations of earlier checkouts their `since_id`."""
    column = SINCE.format(**_TYPES[vendor])
    return [f"ALTER TABLE {name} ADD COLUMN {column}" for name in ("membership", "ownership")]


def drop_statements() -> list[str]:
    """Return every statement that drops them again."""
    return [table.drop() for table in TABLES] + ["DROP TABLE asset_text"]
