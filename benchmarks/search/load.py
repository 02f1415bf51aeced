"""Load the data set through the real ingest into an empty database, and say how long it took."""

import argparse
import json
import resource
import sys
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from types import ModuleType

import directory
import machines
import scans
from opening import add_database, megabytes, number_of, open_database

from muster.core.records import AnyRecord

_ATTRIBUTES = ("asset_attribute", "user_attribute", "group_attribute")


def main() -> None:
    """Load, and print what it took as one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_database(parser)
    parser.add_argument("--assets", type=int, default=1_000_000)
    parser.add_argument("--batch", type=int, default=5_000, help="records in one transaction")
    arguments = parser.parse_args()
    open_database(arguments.database)
    if number_of("SELECT COUNT(*) FROM inventory_feed"):
        sys.exit("this database is not empty: name another one, or remove it")
    print(json.dumps(load(arguments.assets, batch=arguments.batch)))


def load(assets: int, *, batch: int) -> dict[str, object]:
    """Load both feeds and return the figures."""
    from muster.core.garbage import collect_rarely

    collect_rarely()  # as the command line does
    feeds = {
        "directory": _load(directory, directory.TENANT, assets, run_id=1, batch=batch),
        "scans": _load(scans, "1", assets, run_id=2, batch=batch),
    }
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    records = sum(each["records"] for each in feeds.values())
    seconds = sum(each["ingest_seconds"] for each in feeds.values())
    rows = sum(number_of(f"SELECT COUNT(*) FROM {each}") for each in _ATTRIBUTES)
    return {
        "assets": number_of("SELECT COUNT(*) FROM inventory_asset"),
        "records": records,
        "attribute_rows": rows,
        "ingest_seconds": round(seconds, 1),
        "records_per_second": round(records / seconds),
        "attribute_rows_per_second": round(rows / seconds),
        "peak_megabytes": peak,
        "database_megabytes": megabytes(),
        "vacuum_seconds": _vacuum(),
        "feeds": feeds,
    }


def _load(
    feed: ModuleType, instance: str, assets: int, *, run_id: int, batch: int
) -> dict[str, float]:
    """Ingest one feed; making its records is timed apart."""
    from muster.inventory.ingest import Ingestion
    from muster.organizations.scope import scope_by_name

    scope = scope_by_name("")
    ingestion = Ingestion(
        scope,
        source=feed.SOURCE,
        source_id=feed.SOURCE_ID,
        instance=instance,
        site=scope.site(),
        run_id=run_id,
        at=datetime.fromtimestamp(machines.NOW, UTC),
    )
    begun, ingesting, count = time.perf_counter(), 0.0, 0
    for records in _batches(feed.records(assets), batch):
        at = time.perf_counter()
        ingestion.take(records)
        ingesting += time.perf_counter() - at
        count += len(records)
        _tell(feed.SOURCE, count, ingesting)
    at = time.perf_counter()
    statistics = ingestion.finish()
    finishing = time.perf_counter() - at
    assert not statistics.unreadable, statistics
    return {
        "records": count,
        "making_seconds": round(time.perf_counter() - begun - ingesting - finishing, 1),
        "ingest_seconds": round(ingesting + finishing, 2),
        "finish_seconds": round(finishing, 2),
    }


def _batches(values: Iterable[AnyRecord], size: int) -> Iterator[list[AnyRecord]]:
    iterator = iter(values)
    while batch := list(islice(iterator, size)):
        yield batch


def _tell(source: str, count: int, seconds: float) -> None:
    if sys.stderr.isatty():
        speed = count / seconds if seconds else 0
        print(f"\r{source}: {count:,} records, {speed:,.0f}/s", end="", file=sys.stderr)


def _vacuum() -> float:
    """Do at once what PostgreSQL does by itself some minutes after a load; return the seconds."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return 0.0
    at = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return round(time.perf_counter() - at, 1)


if __name__ == "__main__":
    main()
