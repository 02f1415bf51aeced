"""The few points where set-based SQL differs between SQLite and PostgreSQL."""

import os
import sqlite3
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson
from django.db import IntegrityError, connection, transaction

Row = Sequence[Any]

_ROWS_TOGETHER = 500
_VARIANTS = {digit: "89ab"[number % 4] for number, digit in enumerate("0123456789abcdef")}
_CACHES = "effective_cache_size"
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


def insert(
    table: str,
    columns: Sequence[str],
    values: Sequence[Row],
    *,
    update: str = "",
    is_clear: bool = False,
    adds: bool = False,
) -> None:
    """Insert many rows at the driver's best speed.

    `update` is what to do with a row that is there already: an `ON CONFLICT` clause without
    these two words, such as `DO NOTHING`. Without it such a row is an error. `is_clear` says
    that most likely none is there: PostgreSQL then copies into the table itself, which takes half
    the time, and does it again the long way if one is there after all. `adds` says that `update`
    adds to the row that is there, so that it must not meet one that was just inserted.
    """
    if not values:
        return
    named = ", ".join(columns)
    conflict = f" ON CONFLICT {update}" if update else ""
    if not is_postgresql():
        marks = f"({', '.join('?' * len(columns))})"
        into = f"INTO {table} ({named}) VALUES"
        _insert_together(into, marks, conflict, values, is_tried=bool(conflict) and not adds)
        return
    with connection.cursor() as cursor:
        if not conflict:
            _copy(cursor, table, named, values)
        elif not (is_clear and _is_copied(cursor, table, named, values)):
            stage = _stage(cursor, table, named)
            _copy(cursor, stage, named, values)
            cursor.execute(f"INSERT INTO {table} ({named}) SELECT {named} FROM {stage}{conflict}")


def insert_texts(
    table: str,
    columns: Sequence[str],
    groups: Sequence[tuple[Sequence[int], Mapping[int, str]]],
) -> None:
    """Insert a row for each text of each group, after its numbers; leave alone what is there.

    `columns` are those of the numbers, of the text and of what the text is given by. SQLite
    reads a group from one JSON object, which costs a tenth less than binding each of its rows.
    """
    named = ", ".join(columns)
    if is_postgresql():
        rows = [(*begin, text, by) for begin, texts in groups for by, text in texts.items()]
        insert(table, columns, rows, update="DO NOTHING", is_clear=True)
        return
    marks = "?, " * (len(columns) - 2)
    sql = (
        f"INSERT OR IGNORE INTO {table} ({named})"
        f" SELECT {marks}value, CAST(key AS INTEGER) FROM json_each(?)"
    )
    for begin, texts in groups:
        encoded = orjson.dumps(texts, option=orjson.OPT_NON_STR_KEYS)
        _execute_raw(sql, (*begin, encoded.decode()))


def delete_rows(table: str, columns: Sequence[str], values: Sequence[Row]) -> None:
    """Delete the rows that have these values in these columns, each by itself."""
    conditions = " AND ".join(f"{each} = %s" for each in columns)
    execute_many(f"DELETE FROM {table} WHERE {conditions}", values)


def delete_by(table: str, column: str, values: Iterable[int]) -> None:
    """Delete the rows that have one of these values in a column."""
    execute(f"DELETE FROM {table} WHERE {among(column)}", (listed(values),))


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


def cache_bytes() -> int:
    """Return how much of the data can be in memory, as far as the engine knows: on SQLite nothing.

    PostgreSQL is told by whoever runs it what it and its system have together.
    """
    if not is_postgresql():
        return 0
    found = rows("SELECT setting::bigint * 8192 FROM pg_settings WHERE name = %s", (_CACHES,))
    return int(found[0][0])


def new_uids(count: int) -> list[object]:
    """Return random UUIDs as the engine keeps them, for one call of the system's generator."""
    noise = os.urandom(16 * count).hex()
    fresh = [_uid_of(noise[at : at + 32]) for at in range(0, 32 * count, 32)]
    return [uuid.UUID(each) for each in fresh] if is_postgresql() else [*fresh]


def _uid_of(digits: str) -> str:
    """Return 32 random digits with those of version 4 set (RFC 9562); a third of `UUID`'s time."""
    return f"{digits[:12]}4{digits[13:16]}{_VARIANTS[digits[16]]}{digits[17:]}"


def _insert_together(
    into: str, marks: str, conflict: str, values: Sequence[Row], *, is_tried: bool
) -> None:
    """Insert hundreds of rows with each statement, past Django's rewriting of its marks.

    SQLite spends more on calls than on rows: a million rows take 1.3 s so, and 2.0 s one by one.
    Where nothing is there yet, which is most often, OR IGNORE inserts a membership in 3 us and
    ON CONFLICT in 8; so where the former `is_tried`, the latter runs only from the first statement
    on that left a row out, over all of its rows.
    """
    is_clear, is_enough = is_tried, conflict == _DO_NOTHING
    many = ", ".join([marks] * _ROWS_TOGETHER)
    for start in range(0, len(values), _ROWS_TOGETHER):
        together = values[start : start + _ROWS_TOGETHER]
        size = len(together)
        bound = [value for row in together for value in row]
        rows = many if size == _ROWS_TOGETHER else ", ".join([marks] * size)
        if is_clear:
            added = _execute_raw(f"INSERT OR IGNORE {into} {rows}", bound)
            is_clear = is_enough or added == size
        if not is_clear:
            _execute_raw(f"INSERT {into} {rows}{conflict}", bound)


def _execute_raw(sql: str, bound: Sequence[Any]) -> int:
    with connection.cursor() as cursor, connection.wrap_database_errors:
        sqlite3.Cursor.execute(cursor.cursor, sql, bound)
        return int(cursor.rowcount)


def _stage(cursor: Any, table: str, named: str) -> str:
    stage = f"stage_{table}"
    cursor.execute(f"DROP TABLE IF EXISTS {stage}")
    cursor.execute(
        f"CREATE TEMP TABLE {stage} ON COMMIT DROP AS SELECT {named} FROM {table} WITH NO DATA"
    )
    return stage


def _is_copied(cursor: Any, table: str, named: str, values: Sequence[Row]) -> bool:
    """Copy rows into a table; if one is there already, none, and return False."""
    try:
        with transaction.atomic():
            _copy(cursor, table, named, values)
    except IntegrityError:
        return False
    return True


def _copy(cursor: Any, table: str, named: str, values: Sequence[Row]) -> None:
    with (
        connection.wrap_database_errors,
        cursor.copy(f"COPY {table} ({named}) FROM STDIN") as copy,
    ):
        for each in values:
            copy.write_row(each)
