"""Ingest beside the raw driver's append of the same rows: first sync, sync without news, links."""

import argparse
import json
import resource
import sys
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import chain, islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "search"))

import directory
import machines
from appending import appending
from opening import add_database, megabytes, number_of, open_database
from taping import Tape

from muster.core.records import AnyRecord, AssetRecord, MembershipRecord

_RECORDS_AT_ONCE = 5_000
_LINKS_AT_ONCE = 90_000
_TARGET_RATIO = 2.0


def main() -> None:
    """Run what was asked for on an empty database, and print one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_database(parser)
    parser.add_argument("--devices", type=int, default=100_000)
    parser.add_argument("--members", type=int, default=0, help="one group of so many, instead")
    parser.add_argument("--groups", type=int, default=0, help="so many groups of 20, instead")
    parser.add_argument("--plain", action="store_true", help="without the floor, for the memory")
    arguments = parser.parse_args()
    open_database(arguments.database)
    if number_of("SELECT COUNT(*) FROM inventory_feed"):
        sys.exit("this database is not empty: name another one, or remove it")
    from muster.core.garbage import collect_rarely

    collect_rarely()  # as the command line does
    at_once = _LINKS_AT_ONCE if arguments.members or arguments.groups else _RECORDS_AT_ONCE
    figures: dict[str, object] = {
        "first": _sync(_records(arguments), 1, at_once, has_floor=not arguments.plain),
        "again": _sync(_records(arguments), 2, at_once, has_floor=False),
    }
    figures["peak_megabytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    figures["database_megabytes"] = megabytes()
    print(json.dumps(figures))


def _records(arguments: argparse.Namespace) -> Iterable[AnyRecord]:
    if arguments.members:
        return _members("g", arguments.members)
    if arguments.groups:
        return chain.from_iterable(_members(f"g{each}", 20) for each in range(arguments.groups))
    # Of the data set's machines two thirds are known to the directory.
    devices = (r for r in directory.records(2 * arguments.devices) if isinstance(r, AssetRecord))
    return islice(devices, arguments.devices)


def _members(group: str, count: int) -> Iterator[MembershipRecord]:
    for number in range(count):
        member = machines.identifier("user", number)
        yield MembershipRecord(source=directory.SOURCE, group_id=group, member_id=member)


def _sync(
    records: Iterable[AnyRecord], run_id: int, at_once: int, *, has_floor: bool
) -> dict[str, float]:
    """Ingest everything once; with a floor, each batch is then appended there too."""
    from muster.inventory.ingest import Ingestion
    from muster.organizations.scope import scope_by_name

    tape = Tape()
    scope = scope_by_name("")
    ingestion = Ingestion(
        scope,
        source=directory.SOURCE,
        source_id=directory.SOURCE_ID,
        instance=directory.TENANT,
        site=scope.site(),
        run_id=run_id,
        at=datetime.fromtimestamp(machines.NOW + run_id, UTC),
    )
    # The feed's row is there now, to which others refer.
    floor = appending() if has_floor else None
    if floor is not None:
        tape.install()
    iterator, count, ingesting, raw, rows = iter(records), 0, 0.0, 0.0, 0
    while batch := list(islice(iterator, at_once)):
        ingesting += _timed(lambda batch=batch: ingestion.take(batch)) - tape.seconds
        count += len(batch)
        insertions = tape.take()
        rows += sum(len(each.rows) for each in insertions)
        if floor is not None:
            raw += _timed(lambda insertions=insertions: floor.append(insertions))
    ingesting += _timed(ingestion.finish)
    return _figures(count, ingesting, raw, rows)


def _timed(work) -> float:  # noqa: ANN001 - any callable without arguments
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _figures(count: int, ingesting: float, raw: float, rows: int) -> dict[str, float]:
    figures = {
        "records": count,
        "ingest_seconds": round(ingesting, 2),
        "records_per_second": round(count / ingesting),
    }
    if raw:
        figures |= {"rows": rows, "raw_seconds": round(raw, 2), "ratio": round(ingesting / raw, 2)}
        figures["holds"] = ingesting <= _TARGET_RATIO * raw
    return figures


if __name__ == "__main__":
    main()
