"""The few points where the SQL of a search differs between SQLite and PostgreSQL."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from muster.inventory import engine
from muster.inventory.engine import is_postgresql, unindexed
from muster.inventory.search.compiling.sql import Sql, between, sql
from muster.inventory.search.compiling.tables import Tables
from muster.query.values.numbers import Interval

STARTS_WITH_DIGIT = "value >= '0' AND value < ':'"
"""The condition that a text `value` starts with a digit, which cuts the index too."""


def within(organization_id: int, test: Sql) -> Sql:
    """Return the condition that a row `t` is of the organization, besides a test of it.

    SQLite has no notion of how many rows a set leaves and would walk the organization's index;
    the plus forbids that where the test finds rows by their ids.
    """
    is_plain = is_postgresql() or not test.is_led
    column = "t.organization_id" if is_plain else "+t.organization_id"
    return sql(f"{column} = %s", organization_id)


def uuid_parameter(uid: UUID) -> object:
    """Return an id as the engine's column holds it."""
    return uid if is_postgresql() else uid.hex


def all_rows(tables: Tables) -> str:
    """Return the rows `t` of an inventory to read them all, as what stands behind FROM.

    SQLite takes one index of the organization for as good as another, and reads a row that lies
    elsewhere each time.
    """
    if is_postgresql() or not tables.steady:
        return f"{tables.rows} t"
    return f"{tables.rows} t INDEXED BY {tables.steady}"


def lowered(column: str) -> str:
    """Return the expression by which names are ordered, the same on both engines for ASCII."""
    return f'lower({column}) COLLATE "C"' if is_postgresql() else f"lower({column})"


def is_ascii(column: str) -> str:
    """Return the condition that a text holds nothing but ASCII: as many bytes as characters."""
    size = f"octet_length({column})" if is_postgresql() else f"length(CAST({column} AS BLOB))"
    return f"length({column}) = {size}"


def number_within(interval: Interval) -> Sql:
    """Return the condition that a text `value` is a number within; see `stored_number`.

    `value >= '-' AND value < ':'` cuts the index to what starts like a number.
    """
    if is_postgresql():
        test = between("value::float8", interval)
        digits = r"'^-?[0-9]{1,15}(\.[0-9]+)?$'"
        # Most numbers are nothing but digits, which is known in half the time.
        return Sql(
            "value >= '-' AND value < ':' AND CASE"
            " WHEN ltrim(value, '0123456789') = '' AND length(value) BETWEEN 1 AND 15"
            f" THEN {test.text} WHEN value ~ {digits} THEN {test.text} ELSE FALSE END",
            test.parameters * 2,
        )
    # The comparison first: it is quick, and few values of many may pass.
    test = between("CAST(value AS REAL)", interval)
    return Sql(f"value >= '-' AND value < ':' AND {test.text} AND {_IS_NUMBER}", test.parameters)


_DIGITS = "ltrim(value, '-')"
_IS_NUMBER = " AND ".join(
    (
        "value NOT GLOB '--*'",
        f"{_DIGITS} NOT GLOB '*[^0-9.]*'",
        f"{_DIGITS} GLOB '[0-9]*'",
        f"{_DIGITS} GLOB '*[0-9]'",
        f"{_DIGITS} NOT GLOB '*.*.*'",
        f"instr({_DIGITS} || '.', '.') <= 16",
    )
)


def version_compares(operator: str, key: str) -> Sql:
    """Return the condition that a text `value` starts with a digit and compares as a version.

    PostgreSQL's expression makes the replacements of `version_key`; SQLite calls that itself.
    """
    return sql(f"{STARTS_WITH_DIGIT} AND {version_key_of('value')} {operator} %s", key)


def version_key_of(text: str) -> str:
    """Return the expression of a text that sorts as the version that it is."""
    if not is_postgresql():
        return f"muster_version_key({text})"
    short = rf"regexp_replace({text}, '(\.0+)+$', '')"
    wide = rf"regexp_replace({short}, '([0-9]+)', '000000000\1', 'g')"
    padded = rf"regexp_replace({wide}, '0*([0-9]{{10}})', '\1', 'g')"
    return f'{padded} COLLATE "C"'


def text_contains(organization_id: int, literal: str, like: str) -> Sql:
    """Return the set of assets whose text contains the literal of at least three characters.

    `like` is the same as a pattern: the trigram index folds more than we do, so it is asked again.
    """
    if is_postgresql():
        return sql(
            "SELECT rowid AS id FROM asset_text WHERE organization_id = %s AND body LIKE %s",
            organization_id,
            like,
        )
    phrase = '"' + literal.replace('"', '""') + '"'
    return sql(
        "SELECT rowid AS id FROM asset_text WHERE organization_id = %s AND asset_text MATCH %s"
        " AND body LIKE %s ESCAPE '\\'",
        organization_id,
        phrase,
        like,
    )


def text_of_row_is(organization_id: int, like: str) -> Sql:
    """Return the condition that the text of an asset `t` matches."""
    escape = "" if is_postgresql() else " ESCAPE '\\'"
    found = sql(
        f"asset_text WHERE rowid = t.id AND organization_id = %s AND body LIKE %s{escape}",
        organization_id,
        like,
    )
    return exists(found, looks=2)


def joins_sets() -> bool:
    """True if all that matches is found faster by joining whole sets than by looking rows up."""
    return is_postgresql()


def of_model() -> str:
    """Return what stands behind a text of our own tables that the index of a model is to find.

    PostgreSQL finds text of one collation in no index of another, and reads the whole table.
    """
    return ' COLLATE "default"' if is_postgresql() else ""


def knows_each_at_once() -> bool:
    """True if SELECT DISTINCT gives the first rows before it has read the last."""
    return not is_postgresql()


def exists(rows: Sql, *, looks: int) -> Sql:
    """Return the condition that there is a row; `rows` is what stands behind its FROM.

    PostgreSQL would make a join of EXISTS, or keep the set of all that there is.
    """
    is_plain = not is_postgresql()
    before, behind = (
        ("EXISTS (SELECT 1", ")") if is_plain else ("(SELECT 1", " LIMIT 1) IS NOT NULL")
    )
    test = Sql(f"{before} FROM ") + rows + Sql(behind)
    return replace(test, depth=rows.depth + 1, looks=rows.looks + looks)


def is_candidate(column: str, candidates: str) -> Sql:
    """Return the condition that a column is in a named set of ids, tested row by row."""
    return Sql(f"{unindexed(column)} IN (SELECT id FROM {candidates})")


def listed(ids: Sequence[int]) -> Sql:
    """Return ids as a set with a column `id`."""
    if is_postgresql():
        return sql("SELECT unnest(%s::bigint[]) AS id", list(ids))
    return sql("SELECT value AS id FROM json_each(%s)", engine.listed(ids))


def each_row(ids: str, table: str) -> str:
    """Return the rows `t` of a named set of ids, looked up one by one, as what stands behind FROM.

    PostgreSQL would read the whole table for some thousand ids, and test all of it.
    """
    if is_postgresql():
        row = f"SELECT * FROM {table} WHERE id = {ids}.id OFFSET 0"
        return f"{ids} JOIN LATERAL ({row}) t ON TRUE"
    return f"{ids} CROSS JOIN {table} t ON t.id = {ids}.id"


def ownership_by_owner() -> str:
    """Return the table `ownership o` as it is read by who owns, as what stands behind FROM."""
    return f"ownership o{_by_second_key('ownership')}"


def membership_by_member() -> str:
    """Return the table `membership m` as it is read by who is a member."""
    return f"membership m{_by_second_key('membership')}"


def is_set(column: str, *, beside: str) -> str:
    """Return the condition that a column of the last table of a join is set.

    `beside` is a number of the table before, never negative: a test of the last table alone lets
    SQLite read all of that first, to know whose lookups are worth their while.
    """
    plain = f"{column} IS NOT NULL"
    return plain if is_postgresql() else f"({plain} OR {beside} < 0)"


def _by_second_key(table: str) -> str:
    """Return what makes SQLite take the index that begins with the other side of a relation.

    As long as it knows of no statistics it takes the primary key for as good, of which it then
    reads all that the organization has.
    """
    return "" if is_postgresql() else f" INDEXED BY {table}_index_1"


def leading_join() -> str:
    """Return the word for a join whose left side is to be read first."""
    return "JOIN" if is_postgresql() else "CROSS JOIN"
