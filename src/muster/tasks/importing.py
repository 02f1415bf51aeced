"""Importing records from a file: all of it is read before any of it is stored."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby, islice

from muster.core.errors import DataError
from muster.core.records import AnyRecord, Collection, Record
from muster.core.source import Progress
from muster.inventory.ingest import Ingestion
from muster.organizations.models import Site
from muster.organizations.scope import Scope
from muster.query.values.sources import source_number
from muster.tasks.checking import check
from muster.tasks.clock import Clock, utc_now
from muster.tasks.files import RecordFile
from muster.tasks.models import Run, Task
from muster.tasks.runs import Going, going
from muster.tasks.totals import add_up, say

IMPORT = "import"
BATCH = 1000
CUSTOM = 0
"""All sources that have no number of their own share this one."""


def import_file(
    scope: Scope,
    file: RecordFile,
    *,
    site: Site,
    watcher: Progress,
    clock: Clock = utc_now,
) -> Run:
    """Store the records of a file in a site, and return the run that did.

    Raises DataError naming the line if any of it cannot be read: then nothing is stored.
    """
    total = _count(file)
    task = _task(scope, site, at=clock())
    with going(scope, task, options={"file": file.name}, watcher=watcher, clock=clock) as work:
        store(scope, file, site=site, work=work, total=total)
    return work.run


def _count(file: RecordFile) -> int:
    """Read the whole file, so that a malformed line is found before anything is stored."""
    total = 0
    for total, record in enumerate(file.records(), start=1):
        check(record, name=file.name, number=total)
    if not total:
        raise DataError(f"{file.name} holds no records", hint="Each line must be one JSON object.")
    return total


def _task(scope: Scope, site: Site, *, at: datetime) -> Task:
    task, _is_new = Task.objects.get_or_create(
        organization=scope.organization,
        source=IMPORT,
        site=site,
        created_by="",  # what programs upload has tasks of its own
        defaults={"name": f"Import into {site.name}", "created_at": at},
    )
    return task


def store(scope: Scope, file: RecordFile, *, site: Site, work: Going, total: int | None) -> None:
    """Store the records of a file in a site, batch by batch, on behalf of a run."""
    ingestions: dict[str, Ingestion] = {}
    done = 0
    for batch in _batches(file.records()):
        for source, records in groupby(batch, key=_source):
            if source not in ingestions:
                ingestions[source] = _ingestion(scope, source, site, work.run)
            _take(ingestions[source], list(records), work)
        done += len(batch)
        work.recorder.advance(Collection.ASSETS, done, total)
    for ingestion in ingestions.values():
        add_up(work, ingestion.finish(at=work.clock()))


def _take(ingestion: Ingestion, records: Sequence[AnyRecord], work: Going) -> None:
    ingestion.take(records, along=lambda: say(work, ingestion.statistics))


def _source(record: Record) -> str:
    return record.source


def _ingestion(scope: Scope, source: str, site: Site, run: Run) -> Ingestion:
    """Foreign ids of a scan are unique in its site, so the site is the feed's world."""
    return Ingestion(
        scope,
        source=source,
        source_id=source_number(source) or CUSTOM,
        instance=str(site.uid),
        site=site,
        run_id=run.pk,
        at=run.started_at,
    )


def _batches(records: Iterable[AnyRecord]) -> Iterator[Sequence[AnyRecord]]:
    iterator = iter(records)
    while batch := list(islice(iterator, BATCH)):
        yield batch
