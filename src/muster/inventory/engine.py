"""The few points where set-based SQL differs between SQLite and PostgreSQL."""

import os
import sqlite3
import uuid
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import orjson
from django.db import connection

Row = Sequence[Any]

_ROWS_TOGETHER = 100
_DO_NOTHING = " ON CONFLICT DO NOTHING"


def is_postgresql() -> bool:
    """True if the rows live in PostgreSQL."""
    return connection.vendor == "postgresql"


def among(column: str) -> str:
    """Return a condition that `column` is one of the values of one bound parameter (`listed`)."""
    if is_postgresql():
        return f"{column} = ANY(%s)"
    return f"{column} IN (SELECT value FROM json_each(%s))"


def listed(values: Iterable[int] | Iterable[str]) -> object:
    """Return the one parameter that `among` takes."""
    return list(values) if is_postgresql() else orjson.dumps(list(values)).decode()


def unindexed(column: str) -> str:
    """Return an indexed column such that it is only tested, and rows are found by something else.

    SQLite does not know how few rows a list of ids leaves, and would walk the whole organization.
    """
    return column if is_postgresql() else f"+{column}"


def rows(sql: str, parameters: Sequence[Any] = ()) -> list[Any]:
    """Return all rows of a statement."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


def execute(sql: str, parameters: Sequence[Any] = ()) -> int:
    """Run a statement and return how many rows it changed."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return int(cursor.rowcount)


def execute_many(sql: str, parameters: Iterable[Row]) -> None:
    """Run a statement once per row of parameters."""
    batch = list(parameters)
    if batch:
        with connection.cursor() as cursor:
            cursor.executemany(sql, batch)


def insert(table: str, columns: Sequence[str], values: Sequence[Row], *, update: str = "") -> None:
    """Insert many rows at the driver's best speed.

    `update` is what to do with a row that is there already: an `ON CONFLICT` clause without
    these two words, such as `DO NOTHING`. Without it such a row is an error.
    """
    if not values:
        return
    named = ", ".join(columns)
    conflict = f" ON CONFLICT {update}" if update else ""
    if not is_postgresql():
        flat = [value for row in values for value in row]
        marks = f"({', '.join('?' * len(columns))})"
        _insert_together(f"INTO {table} ({named}) VALUES", marks, conflict, flat)
        return
    with connection.cursor() as cursor:
        if not conflict:
            _copy(cursor, table, named, values)
            return
        stage = _stage(cursor, table, named)
        _copy(cursor, stage, named, values)
        cursor.execute(f"INSERT INTO {table} ({named}) SELECT {named} FROM {stage}{conflict}")


def insert_missing(
    table: str, columns: Sequence[str], groups: Iterable[tuple[Sequence[int], Sequence[Any]]]
) -> None:
    """Insert rows in groups that begin with the same whole numbers; leave alone what is there.

    Each group is these numbers, and then the other values of all its rows in one flat list.
    """
    named = ", ".join(columns)
    if is_postgresql():
        rows = [row for begin, flat in groups for row in _unflattened(begin, flat, len(columns))]
        insert(table, columns, rows, update="DO NOTHING")
        return
    for begin, flat in groups:
        fixed = [str(int(number)) for number in begin]
        marks = f"({', '.join((*fixed, *('?' * (len(columns) - len(fixed)))))})"
        _insert_together(f"INTO {table} ({named}) VALUES", marks, _DO_NOTHING, flat)


def move(source: str, target: str, columns: str, where: str, parameters: Sequence[Any]) -> None:
    """Move rows from one table to another of the same columns; leave alone what is there.

    On SQLite the caller must be in a transaction, or rows could be in both for a while.
    """
    insert_them = f"INTO {target} ({columns}) SELECT {columns} FROM"
    if is_postgresql():
        execute(
            f"WITH moved AS (DELETE FROM {source} WHERE {where} RETURNING *) INSERT {insert_them}"
            f" moved ORDER BY {columns}{_DO_NOTHING}",
            parameters,
        )
        return
    execute(f"INSERT OR IGNORE {insert_them} {source} WHERE {where} ORDER BY {columns}", parameters)
    execute(f"DELETE FROM {source} WHERE {where}", parameters)


def update(table: str, columns: Sequence[str], values: Sequence[Row]) -> None:
    """Update many rows by `id`: each of `values` is the id and then the new values."""
    if not values:
        return
    if not is_postgresql():
        sets = ", ".join(f"{each} = %s" for each in columns)
        execute_many(
            f"UPDATE {table} SET {sets} WHERE id = %s", [(*each[1:], each[0]) for each in values]
        )
        return
    named = ", ".join(("id", *columns))
    sets = ", ".join(f"{each} = staged.{each}" for each in columns)
    with connection.cursor() as cursor:
        stage = _stage(cursor, table, named)
        _copy(cursor, stage, named, values)
        cursor.execute(
            f"UPDATE {table} SET {sets} FROM {stage} staged WHERE {table}.id = staged.id"
        )


def allocate(table: str, count: int) -> list[int]:
    """Return `count` new ids for a table, so that rows can refer to each other before they exist.

    On SQLite the caller must be in a writing transaction, as ingest always is.
    """
    if count == 0:
        return []
    if is_postgresql():
        sql = "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)"
        return [row[0] for row in rows(sql, (table, count))]
    # AUTOINCREMENT's own counter, moved on by the inserts that follow: ids are never used twice.
    found = rows("SELECT seq FROM sqlite_sequence WHERE name = %s", (table,))
    last = found[0][0] if found else 0
    return list(range(last + 1, last + count + 1))


def analyze() -> None:
    """Let the planner look at the tables, as after a load that made them many times larger.

    PostgreSQL would do so by itself, minutes later; until then it takes all tables for small.
    """
    if not is_postgresql():
        execute("PRAGMA analysis_limit = 1000")
    execute("ANALYZE")


def new_uids(count: int) -> list[object]:
    """Return random UUIDs as the engine keeps them, for one call of the system's generator."""
    noise = os.urandom(16 * count)
    fresh = (uuid.UUID(bytes=noise[at : at + 16], version=4) for at in range(0, 16 * count, 16))
    return [*fresh] if is_postgresql() else [each.hex for each in fresh]


def _insert_together(into: str, marks: str, conflict: str, flat: Sequence[Any]) -> None:
    """Insert a hundred rows with each statement, past Django's rewriting of its marks.

    SQLite spends more on calls than on rows: a million rows take 1.3 s so, and 2.0 s one by one.
    Where nothing is there yet, which is most often, OR IGNORE inserts a membership in 3 us and
    ON CONFLICT in 8; so the latter runs only from the first statement on that left a row out.
    """
    width = marks.count("?")
    step = width * _ROWS_TOGETHER
    is_clear, is_enough = bool(conflict), conflict == _DO_NOTHING
    many = ", ".join([marks] * _ROWS_TOGETHER)
    with connection.cursor() as cursor, connection.wrap_database_errors:
        for start in range(0, len(flat), step):
            bound = flat[start : start + step]
            size = len(bound) // width
            rows = many if size == _ROWS_TOGETHER else ", ".join([marks] * size)
            if is_clear:
                sqlite3.Cursor.execute(cursor.cursor, f"INSERT OR IGNORE {into} {rows}", bound)
                is_clear = is_enough or cursor.rowcount == size
            if not is_clear:
                sqlite3.Cursor.execute(cursor.cursor, f"INSERT {into} {rows}{conflict}", bound)


def _unflattened(begin: Sequence[int], flat: Sequence[Any], width: int) -> Iterator[Row]:
    rest = width - len(begin)
    for start in range(0, len(flat), rest):
        yield (*begin, *flat[start : start + rest])


def _stage(cursor: Any, table: str, named: str) -> str:
    stage = f"stage_{table}"
    cursor.execute(f"DROP TABLE IF EXISTS {stage}")
    cursor.execute(
        f"CREATE TEMP TABLE {stage} ON COMMIT DROP AS SELECT {named} FROM {table} WITH NO DATA"
    )
    return stage


def _copy(cursor: Any, table: str, named: str, values: Sequence[Row]) -> None:
    with cursor.copy(f"COPY {table} ({named}) FROM STDIN") as copy:
        for each in values:
            copy.write_row(each)
