"""The floor: the raw driver appends the same rows to the same tables, and does nothing else."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import psycopg
from django.db import connection
from taping import Insertion


class Appending(Protocol):
    """A second, empty database of the same tables and settings."""

    def append(self, insertions: Sequence[Insertion]) -> None:
        """Insert the rows in one transaction."""


class IntoSQLite:
    """`executemany`, which is what SQLite's driver has for many rows."""

    def __init__(self) -> None:
        """Copy the empty database and open the copy as the product does."""
        name = Path(str(connection.settings_dict["NAME"]))
        copy = name.with_name(f"{name.stem}-raw.sqlite3")
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", (str(copy),))
        self._driver = sqlite3.connect(copy, isolation_level=None)
        pragmas = str(connection.settings_dict["OPTIONS"]["init_command"])
        self._driver.executescript(pragmas)

    def append(self, insertions: Sequence[Insertion]) -> None:
        """Insert the rows in one transaction."""
        self._driver.execute("BEGIN IMMEDIATE")
        for each in insertions:
            marks = ", ".join("?" * len(each.columns))
            named = ", ".join(each.columns)
            self._driver.executemany(
                f"INSERT OR IGNORE INTO {each.table} ({named}) VALUES ({marks})", each.rows
            )
        self._driver.execute("COMMIT")


class IntoPostgreSQL:
    """`COPY`, which is what psycopg has for many rows."""

    def __init__(self) -> None:
        """Make a database from the empty one, and connect."""
        connection.close()
        settings = connection.get_connection_params()
        settings.pop("cursor_factory", None)
        settings.pop("context", None)
        with psycopg.connect(**{**settings, "dbname": "template1"}, autocommit=True) as admin:
            admin.execute("DROP DATABASE IF EXISTS muster_raw")
            admin.execute(f'CREATE DATABASE muster_raw TEMPLATE "{settings["dbname"]}"')
        self._driver = psycopg.connect(**{**settings, "dbname": "muster_raw"})

    def append(self, insertions: Sequence[Insertion]) -> None:
        """Insert the rows in one transaction."""
        with self._driver.transaction(), self._driver.cursor() as cursor:
            for each in insertions:
                named = ", ".join(each.columns)
                with cursor.copy(f"COPY {each.table} ({named}) FROM STDIN") as copy:
                    for row in each.rows:
                        copy.write_row(row)


def appending() -> Appending:
    """Return the floor of the engine that Django is set up for; its database must be empty."""
    return IntoPostgreSQL() if connection.vendor == "postgresql" else IntoSQLite()
