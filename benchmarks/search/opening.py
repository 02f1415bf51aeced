"""Opening the database of a benchmark: SQLite in a file, or PostgreSQL by its URL."""

import argparse
import os
from pathlib import Path
from typing import Any

DEFAULT = "sqlite:.cache/bench-search/search.sqlite3"


def add_database(parser: argparse.ArgumentParser) -> None:
    """Let a command say which database it means."""
    parser.add_argument(
        "--database",
        default=os.environ.get("MUSTER_DATABASE_URL") or DEFAULT,
        help="sqlite:FILE or postgresql://..., else MUSTER_DATABASE_URL (default: %(default)s)",
    )


def open_database(url: str) -> None:
    """Set Django up on the database, with its tables."""
    os.environ["MUSTER_DATABASE_URL"] = url
    if url.startswith("sqlite:"):
        Path(url.removeprefix("sqlite:")).parent.mkdir(parents=True, exist_ok=True)
    os.environ["DJANGO_SETTINGS_MODULE"] = "muster.settings"
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def number_of(sql: str) -> int:
    """Return the one number that a statement answers."""
    from muster.inventory import engine

    found: list[Any] = engine.rows(sql)
    return int(found[0][0])


def megabytes() -> int:
    """Return the database's size, with its indexes and, on SQLite, its log."""
    from django.db import connection

    if connection.vendor == "postgresql":
        return number_of("SELECT pg_database_size(current_database())") // 2**20
    path = Path(str(connection.settings_dict["NAME"]))
    files = [path, path.with_name(f"{path.name}-wal")]
    return sum(each.stat().st_size for each in files if each.exists()) // 2**20
