"""Doing the run of an upload. Whoever breaks off begins again: the same twice changes nothing."""

import threading
from collections.abc import Iterator, Sequence
from itertools import islice
from uuid import UUID

from muster.core.errors import ConfigError
from muster.core.records import AnyRecord, Collection
from muster.core.source import Progress
from muster.custom.models import CustomIntegration
from muster.custom.services import integration, source_id, source_name
from muster.imports.custom_assets import Pushed
from muster.inventory.ingest import Ingestion
from muster.inventory.pinning import pin
from muster.organizations.scope import Scope
from muster.tasks.clock import Clock, utc_now
from muster.tasks.files import RecordFile
from muster.tasks.importing import store
from muster.tasks.models import Run
from muster.tasks.options import excludes_unknown
from muster.tasks.runs import Going, going
from muster.tasks.totals import add_up
from muster.tasks.uploads.keeping import kept_file
from muster.tasks.uploads.reading import pushed_assets

_BATCH = 1000


def work_on_upload(
    scope: Scope,
    run: Run,
    *,
    watcher: Progress,
    stop: threading.Event,
    clock: Clock = utc_now,
) -> Run:
    """Do a run that is this process's and active, from its start."""
    task = run.task
    with (
        going(scope, task, options=run.options, watcher=watcher, clock=clock, claimed=run) as work,
        kept_file(scope, run) as file,
    ):
        if not run.options.get("integration"):
            store(scope, RecordFile(file, name=task.name), site=task.site, work=work, total=None)
        else:
            row = _integration(run)
            assets = pushed_assets(file, source=source_name(row))
            _push(scope, row, assets, work=work, stop=stop)
    return run


def _push(
    scope: Scope,
    row: CustomIntegration,
    assets: Iterator[Pushed],
    *,
    work: Going,
    stop: threading.Event,
) -> None:
    run = work.run
    ingestion = Ingestion(
        scope,
        source=source_name(row),
        source_id=source_id(row),
        instance=str(run.task.site.uid),
        site=run.task.site,
        run_id=run.pk,
        at=run.started_at,
        exclude_unknown=excludes_unknown(run.options),
    )
    done = 0
    while batch := list(islice(assets, _BATCH)):
        if stop.is_set():
            work.is_stopped = work.is_broken_off = True
            work.fail("stopped before all of it was stored", hint="Push it again.")
            break
        _pin(scope, ingestion, batch, work)
        ingestion.take(_records(batch))
        done += len(batch)
        work.recorder.advance(Collection.ASSETS, done)
        work.recorder.flush_now_and_then()
    add_up(work, ingestion.finish(at=work.clock()))


def _records(batch: Sequence[Pushed]) -> list[AnyRecord]:
    return [*(each.asset for each in batch), *(s for each in batch for s in each.services)]


def _pin(scope: Scope, ingestion: Ingestion, batch: Sequence[Pushed], work: Going) -> None:
    """Decide for the records that name the asset that they are to be of."""
    for each in batch:
        if each.target is None:
            continue
        if not pin(scope, ingestion.feed_id, each.asset.id, to=each.target, at=work.clock()):
            work.recorder.log(
                "warning", "runZeroID names no asset of this site", asset=str(each.target)
            )


def _integration(run: Run) -> CustomIntegration:
    found = integration(UUID(str(run.options["integration"])))
    if found is None:
        raise ConfigError(
            "the custom integration was removed meanwhile", hint="Register it, and push again."
        )
    return found
