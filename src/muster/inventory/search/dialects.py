"""The few points where the SQL of a search differs between SQLite and PostgreSQL."""

import functools
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from time import monotonic
from typing import Any
from uuid import UUID

import psycopg
from django.db import OperationalError, connection

from muster.inventory import engine
from muster.inventory.engine import is_postgresql, unindexed
from muster.inventory.search.sql import Sql, between, sql
from muster.query.values.numbers import Interval
from muster.query.values.versions import version_key

_STEPS_BETWEEN_LOOKS = 1000
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


def lowered(column: str) -> str:
    """Return the expression by which names are ordered, the same on both engines for ASCII."""
    return f'lower({column}) COLLATE "C"' if is_postgresql() else f"lower({column})"


def number_within(interval: Interval) -> Sql:
    """Return the condition that a text `value` is a number within; see `stored_number`.

    `value >= '-' AND value < ':'` cuts the index to what starts like a number.
    """
    if is_postgresql():
        test = between("value::float8", interval)
        digits = r"'^-?[0-9]{1,15}(\.[0-9]+)?$'"
        return Sql(
            f"value >= '-' AND value < ':' AND CASE WHEN value ~ {digits}"
            f" THEN {test.text} ELSE FALSE END",
            test.parameters,
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

    The expression makes the replacements of `version_key`; SQLite calls that itself.
    """
    if not is_postgresql():
        return sql(f"{STARTS_WITH_DIGIT} AND muster_version_key(value) {operator} %s", key)
    short = r"regexp_replace(value, '(\.0+)+$', '')"
    wide = rf"regexp_replace({short}, '([0-9]+)', '000000000\1', 'g')"
    padded = rf"regexp_replace({wide}, '0*([0-9]{{10}})', '\1', 'g')"
    return sql(f'{STARTS_WITH_DIGIT} AND {padded} COLLATE "C" {operator} %s', key)


def text_contains(organization_id: int, literal: str, like: str) -> Sql:
    """Return the set of assets whose text contains the literal of at least three characters.

    `like` is the same as a pattern: the trigram index folds more than we do, so it is asked again.
    """
    if is_postgresql():
        return sql(
            "SELECT rowid FROM asset_text WHERE organization_id = %s AND body LIKE %s",
            organization_id,
            like,
        )
    phrase = '"' + literal.replace('"', '""') + '"'
    return sql(
        "SELECT rowid FROM asset_text WHERE organization_id = %s AND asset_text MATCH %s"
        " AND body LIKE %s ESCAPE '\\'",
        organization_id,
        phrase,
        like,
    )


def text_of_row_is(organization_id: int, like: str) -> Sql:
    """Return the condition that the text of an asset `t` matches."""
    escape = "" if is_postgresql() else " ESCAPE '\\'"
    found = sql(
        "EXISTS (SELECT 1 FROM asset_text WHERE rowid = t.id AND organization_id = %s"
        f" AND body LIKE %s{escape})",
        organization_id,
        like,
    )
    return replace(found, depth=1)


def is_candidate(column: str, candidates: str) -> Sql:
    """Return the condition that a column is in a named set of ids, tested row by row."""
    return Sql(f"{unindexed(column)} IN (SELECT id FROM {candidates})")


def listed(ids: Sequence[int]) -> Sql:
    """Return ids as a set with a column `id`."""
    if is_postgresql():
        return sql("SELECT unnest(%s::bigint[]) AS id", list(ids))
    return sql("SELECT value AS id FROM json_each(%s)", engine.listed(ids))


def leading_join() -> str:
    """Return the word for a join whose left side is to be read first."""
    return "JOIN" if is_postgresql() else "CROSS JOIN"


class Timeout(Exception):  # noqa: N818 - it is caught two functions further up and never leaves
    """The statement took longer than it may."""


def fetch(statement: Sql, *, limit: timedelta) -> list[Any]:
    """Return the rows of a statement.

    Raises Timeout if the database did not have them within the limit.
    """
    run = _fetch_postgresql if is_postgresql() else _fetch_sqlite
    return run(statement, limit=limit)


def _fetch_sqlite(statement: Sql, *, limit: timedelta) -> list[Any]:
    connection.ensure_connection()
    raw: sqlite3.Connection = connection.connection
    raw.create_function("muster_version_key", 1, version_key, deterministic=True)
    deadline = monotonic() + limit.total_seconds()
    raw.set_progress_handler(functools.partial(_is_late, deadline), _STEPS_BETWEEN_LOOKS)
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement.text, statement.parameters)
            return list(cursor.fetchall())
    except OperationalError as error:
        if "interrupted" in str(error):
            raise Timeout from error
        raise
    finally:
        raw.set_progress_handler(None, 0)


def _is_late(deadline: float) -> bool:
    return monotonic() > deadline


# A plan may hold sets of ids of a million assets; compiling it to machine code costs more than
# most searches take.
_SETTINGS = {"work_mem": "64MB", "jit": "off"}


def _fetch_postgresql(statement: Sql, *, limit: timedelta) -> list[Any]:
    from django.db import transaction

    milliseconds = max(1, int(limit.total_seconds() * 1000))
    settings = {**_SETTINGS, "statement_timeout": f"{milliseconds}ms"}
    is_within = connection.in_atomic_block
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            before = _read_settings(cursor, settings) if is_within else {}
            _set(cursor, settings)
            cursor.execute(statement.text, statement.parameters)
            found = list(cursor.fetchall())
            if is_within:
                _set(cursor, before)
            return found
    except OperationalError as error:
        if isinstance(error.__cause__, psycopg.errors.QueryCanceled):
            raise Timeout from error
        raise


def _read_settings(cursor: Any, names: Iterable[str]) -> dict[str, str]:
    """Return what these settings are in a transaction that goes on after the search."""
    wanted = list(names)
    cursor.execute(f"SELECT {', '.join(['current_setting(%s)'] * len(wanted))}", wanted)
    return dict(zip(wanted, cursor.fetchone(), strict=True))


def _set(cursor: Any, settings: dict[str, str]) -> None:
    """Set these until the transaction ends."""
    calls = ", ".join(["set_config(%s, %s, TRUE)"] * len(settings))
    cursor.execute(f"SELECT {calls}", [text for pair in settings.items() for text in pair])
