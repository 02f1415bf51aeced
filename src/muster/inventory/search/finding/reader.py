"""Reading rows for a search: all as they were at one moment, and none later than a deadline."""

import functools
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from time import monotonic
from typing import Any, Protocol
from weakref import WeakKeyDictionary

import psycopg
from django.db import OperationalError, connection, connections, transaction

from muster.inventory.engine import is_postgresql
from muster.inventory.search.compiling.sql import Sql
from muster.query.values.versions import version_key


class Fetch(Protocol):
    """From a statement to its rows."""

    def __call__(self, statement: Sql, *, is_begun_only: bool = False) -> list[Any]:
        """Return the rows. With `is_begun_only` few of many rows are wanted, at once."""


_STEPS_BETWEEN_LOOKS = 1000
_SECONDS_BETWEEN_LIMITS = 1.0
# A plan may hold sets of ids of a million assets; compiling it to machine code costs more than
# most searches take.
_SETTINGS = {"work_mem": "64MB", "jit": "off"}
# Joins that give their first rows at once: PostgreSQL counts on fewer rows than there are, and
# would first read a whole table to join a thousandth of it.
_AT_ONCE = {"enable_hashjoin": "off", "enable_mergejoin": "off", "enable_sort": "off"}
_AS_EVER = dict.fromkeys(_AT_ONCE, "on")
_ONE_MOMENT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"
_taught: "WeakKeyDictionary[Any, sqlite3.Connection]" = WeakKeyDictionary()
"""By Django's connection, the one to SQLite that has our functions."""


class Timeout(Exception):  # noqa: N818 - it is caught where a search begins and never leaves it
    """The statements took longer than they may."""


@contextmanager
def reading(limit: timedelta) -> Iterator[Fetch]:
    """Give a function that reads rows, in one transaction, unless one is open already.

    Raises Timeout if all that is done within takes longer than the limit.
    """
    deadline = monotonic() + limit.total_seconds()
    begin = _reading_postgresql if is_postgresql() else _reading_sqlite
    with begin(deadline) as fetch:
        yield fetch


def fetch(statement: Sql, *, limit: timedelta) -> list[Any]:
    """Return the rows of one statement. Raises Timeout if they were not there in time."""
    with reading(limit) as fetch_rows:
        return fetch_rows(statement)


def _rows(statement: Sql, *, is_begun_only: bool = False) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement.text, statement.parameters)
        return list(cursor.fetchall())


@contextmanager
def _reading_sqlite(deadline: float) -> Iterator[Fetch]:
    connection.ensure_connection()
    raw: sqlite3.Connection = connection.connection
    _teach(raw)
    # Not Django's own transaction: that one would wait for whoever is writing.
    is_own = not raw.in_transaction
    if is_own:
        raw.execute("BEGIN DEFERRED")
    raw.set_progress_handler(functools.partial(_is_late, deadline), _STEPS_BETWEEN_LOOKS)
    try:
        yield _rows
    except OperationalError as error:
        if "interrupted" in str(error):
            raise Timeout from error
        raise
    finally:
        raw.set_progress_handler(None, 0)
        if is_own and raw.in_transaction:
            raw.execute("ROLLBACK")


def _teach(raw: sqlite3.Connection) -> None:
    """Give a connection our function, once: each time SQLite forgets its prepared statements."""
    wrapper = connections[connection.alias]
    if _taught.get(wrapper) is not raw:
        raw.create_function("muster_version_key", 1, version_key, deterministic=True)
        _taught[wrapper] = raw


def _is_late(deadline: float) -> bool:
    return monotonic() > deadline


@contextmanager
def _reading_postgresql(deadline: float) -> Iterator[Fetch]:
    is_within = connection.in_atomic_block
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            if not is_within:
                cursor.execute(_ONE_MOMENT)
            wanted = {**_SETTINGS, "statement_timeout": _left(deadline)}
            before = _read_settings(cursor, {**wanted, **_AS_EVER}) if is_within else {}
            _set(cursor, wanted)
            yield _Limited(deadline).rows
            if is_within:
                _set(cursor, before)
    except OperationalError as error:
        if isinstance(error.__cause__, psycopg.errors.QueryCanceled):
            raise Timeout from error
        raise


class _Limited:
    """Lowers the limit of each statement to what is left, if time went by since the last one."""

    def __init__(self, deadline: float) -> None:
        self._deadline = deadline
        self._next = monotonic() + _SECONDS_BETWEEN_LIMITS

    def rows(self, statement: Sql, *, is_begun_only: bool = False) -> list[Any]:
        """Return the rows of a statement."""
        if monotonic() > self._next:
            self._set({"statement_timeout": _left(self._deadline)})
            self._next = monotonic() + _SECONDS_BETWEEN_LIMITS
        if not is_begun_only:
            return _rows(statement)
        self._set(_AT_ONCE)
        found = _rows(statement)
        self._set(_AS_EVER)
        return found

    def _set(self, settings: dict[str, str]) -> None:
        with connection.cursor() as cursor:
            _set(cursor, settings)


def _left(deadline: float) -> str:
    return f"{max(1, int((deadline - monotonic()) * 1000))}ms"


def _read_settings(cursor: Any, names: Iterable[str]) -> dict[str, str]:
    """Return what these settings are in a transaction that goes on after the search."""
    wanted = list(names)
    cursor.execute(f"SELECT {', '.join(['current_setting(%s)'] * len(wanted))}", wanted)
    return dict(zip(wanted, cursor.fetchone(), strict=True))


def _set(cursor: Any, settings: dict[str, str]) -> None:
    """Set these until the transaction ends."""
    calls = ", ".join(["set_config(%s, %s, TRUE)"] * len(settings))
    cursor.execute(f"SELECT {calls}", [text for pair in settings.items() for text in pair])
