"""What history costs: a sync in which attributes of every device change, with and without it.

    python benchmarks/history.py [--devices N] [--changed N] [--rounds N]
    python tests/with_postgresql.py python benchmarks/history.py

Each round is an organization of its own: a first sync, and one in which some attributes of each
device changed; rounds with and without history take turns. Bytes are those of the tables.
"""

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest import mock

_ENTRA_ID = 16
_ATTRIBUTES = 26
_BATCH = 5_000
_START = datetime(2026, 11, 1, tzinfo=UTC)
_TABLES = (
    *("history", "history_key", "history_new", "history_absorbed", "inventory_revision"),
    *("membership_gone", "ownership_gone"),
)


def main() -> None:
    """Measure, and print one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--devices", type=int, default=20_000)
    parser.add_argument("--changed", type=int, default=5, help="attributes of each device")
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ["MUSTER_HOME"] = home
        os.environ.setdefault("MUSTER_DATABASE_URL", f"sqlite:{Path(home) / 'muster.db'}")
        os.environ["DJANGO_SETTINGS_MODULE"] = "muster.settings"
        import django

        django.setup()
        from django.core.management import call_command

        from muster.core.garbage import collect_rarely

        call_command("migrate", verbosity=0)
        collect_rarely()  # as the command line does
        print(json.dumps(measure(arguments)))


def measure(arguments: argparse.Namespace) -> dict[str, object]:
    """Return seconds of both syncs with and without history, their ratios, and the bytes."""
    seconds: dict[str, list[tuple[float, float]]] = {"with": [], "without": []}
    for number in range(arguments.rounds):
        for name in ("with", "without") if number % 2 else ("without", "with"):
            seconds[name].append(_round(arguments, f"{name} {number}", is_told=name == "with"))
    medians = {
        name: [statistics.median(column) for column in zip(*found, strict=True)]
        for name, found in seconds.items()
    }
    changes = arguments.devices * arguments.changed
    (first, changed), (first_bare, changed_bare) = medians["with"], medians["without"]
    return {
        "engine": _vendor(),
        "devices": arguments.devices,
        "changes": changes,
        "first_seconds": [round(first, 2), round(first_bare, 2)],
        "first_ratio": round(first / first_bare, 3),
        "changed_seconds": [round(changed, 2), round(changed_bare, 2)],
        "changed_ratio": round(changed / changed_bare, 3),
        "microseconds_per_change": round((changed - changed_bare) / changes * 1e6, 1),
        "bytes_per_change": round(_bytes() / changes / arguments.rounds, 1),
        "tables": {table: _bytes_of(table) for table in _TABLES},
    }


def _round(arguments: argparse.Namespace, name: str, *, is_told: bool) -> tuple[float, float]:
    """Return the seconds of a first sync into a new organization, and of one with changes."""
    from muster.organizations.services import create_organization

    create_organization(name, at=_START)
    with ExitStack() as stack:
        if not is_told:
            stack.enter_context(_untold())
        first = _sync(name, 1, arguments.devices, changed=0)
        return first, _sync(name, 2, arguments.devices, changed=arguments.changed)


def _sync(organization: str, run_id: int, devices: int, *, changed: int) -> float:
    from muster.core.records import Collection, CollectionReport
    from muster.inventory.ingest import Ingestion
    from muster.organizations.scope import scope_by_name

    scope = scope_by_name(organization)
    records = [_device(number, run_id, changed) for number in range(devices)]
    begun = time.perf_counter()
    ingestion = Ingestion(
        scope,
        source="azuread",
        source_id=_ENTRA_ID,
        instance="tenant",
        site=scope.site(),
        run_id=run_id,
        at=_START + timedelta(days=run_id),
    )
    for start in range(0, devices, _BATCH):
        ingestion.take(records[start : start + _BATCH])
    report = CollectionReport(source="azuread", collection=Collection.ASSETS, complete=True)
    ingestion.take([report])
    ingestion.finish()
    return time.perf_counter() - begun


def _device(number: int, run_id: int, changed: int):  # noqa: ANN202 - imports wait for Django
    from muster.core.records import AssetRecord

    attributes = {
        f"attribute{each}": f"{each * number % 97} as of {run_id if each < changed else 0}"
        for each in range(_ATTRIBUTES)
    }
    return AssetRecord(
        source="azuread",
        id=f"{number:08x}-0000-4000-8000-000000000000",
        kind="dev",
        names=(f"WS-{number:06}",),
        os="Windows 11",
        attributes=attributes,
    )


@contextmanager
def _untold() -> Iterator[None]:
    """Leave out all that tells the history."""
    from muster.inventory.ingest.changes import assets, entries, relations

    with ExitStack() as stack:
        for module, names in (
            (assets, ("note",)),
            (entries, ("note", "note_gone")),
            (relations, ("settle",)),
        ):
            for name in names:
                stack.enter_context(mock.patch.object(module, name, return_value=None))
        stack.enter_context(mock.patch.object(relations, "since", return_value=0))
        yield


def _vendor() -> str:
    from django.db import connection

    return connection.vendor


def _bytes() -> int:
    return sum(_bytes_of(table) for table in _TABLES)


def _bytes_of(table: str) -> int:
    """Return the size of a table with its indexes."""
    from muster.inventory import engine

    if engine.is_postgresql():
        return int(engine.rows("SELECT pg_total_relation_size(%s)", (table,))[0][0])
    found = engine.rows(
        "SELECT COALESCE(SUM(pgsize), 0) FROM dbstat WHERE name IN"
        " (SELECT name FROM sqlite_master WHERE tbl_name = %s)",
        (table,),
    )
    return int(found[0][0])


if __name__ == "__main__":
    main()
