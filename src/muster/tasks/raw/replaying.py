"""Telling again what runs were told, as after a change of the rules of correlation.

A run is told again with all that came after it in its world, in order, each with its own time: so
the inventory ends as it is now, but for what has changed in Muster or by people.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import models

from muster.core.errors import ConfigError
from muster.core.source import Progress
from muster.organizations.scope import Scope
from muster.tasks.checkpoints import leave_world
from muster.tasks.clock import Clock, utc_now
from muster.tasks.feeds import RunFeed
from muster.tasks.liveness import hold
from muster.tasks.models import RawData, Run, SyncState, Trigger
from muster.tasks.raw import reading
from muster.tasks.runs import Going, going
from muster.tasks.services.permission import check_may_change
from muster.tasks.standing import GOING
from muster.tasks.totals import add_up


def replay(scope: Scope, run: Run, *, watcher: Progress, clock: Clock = utc_now) -> list[Run]:
    """Store again what a run and all later ones of its world were told; return the runs that did.

    Raises ConfigError, before anything is stored, if whoever asks may not change tasks, if one of
    them waits or is going, or if the raw data of one is not kept; and later, if another run begins.
    """
    check_may_change(scope, run.task)
    chain = _chain(scope, run)
    with _state_aside(scope, chain[0]):
        return [_tell_again(scope, each, chain, watcher, clock) for each in chain]


def _chain(scope: Scope, run: Run) -> list[RawData]:
    first = reading.data_of(scope, run)
    chain = [each for each in _from(scope, first) if each.parts or each.lost]
    for each in chain:
        if each.run.status in GOING:
            raise ConfigError(f"the run {each.run.uid} is going on", hint="Wait, or stop it.")
        if each.lost:
            raise ConfigError(
                f"the run {run.uid} cannot be replayed without the later run {each.run.uid}, and "
                f"there is no raw data of that: {each.lost}",
                hint="Replay a later one, or run the task again.",
            )
    return chain


def _from(scope: Scope, first: RawData) -> models.QuerySet[RawData]:
    """Return the raw data of a run and of all later ones of its world, in order."""
    world = RawData.objects.filter(
        organization=scope.organization, source=first.source, instance=first.instance
    )
    later = world.filter(run__gte=first.run_id).order_by("run")
    return later.select_related("site", "run__task__site", "run__organization")


@contextmanager
def _state_aside(scope: Scope, data: RawData) -> Iterator[None]:
    """Keep where the source stands, unless this ends early: then all has to be read anew."""
    states = SyncState.objects.filter(
        organization=scope.organization, source=data.source, instance=data.instance
    )
    state = states.first()
    states.delete()
    yield
    if state is not None:
        state.pk = None
        state.save(force_insert=True)


def _tell_again(
    scope: Scope, data: RawData, chain: list[RawData], watcher: Progress, clock: Clock
) -> Run:
    run = data.run
    with going(
        scope,
        run.task,
        options=run.options,
        watcher=watcher,
        clock=clock,
        trigger=Trigger.REPLAY,
    ) as work:
        _check_alone(scope, chain)
        leave_world(scope, data.source, data.instance)
        _store(scope, data, work)
        if not run.is_complete and work.is_whole():
            work.fail(run.error, hint=run.hint, code=run.code)
    return work.run


def _check_alone(scope: Scope, chain: list[RawData]) -> None:
    """Raise ConfigError if another run began in between: what it read is newer than all this."""
    if _from(scope, chain[0]).filter(run__gt=chain[-1].run_id).exists():
        raise ConfigError(
            f"a run of the task '{chain[0].run.task.name}' began meanwhile, and has read everything"
            " anew",
            hint="Replay again if it is still needed.",
        )


def _store(scope: Scope, data: RawData, work: Going) -> None:
    ingestion = _feed(data).ingestion(scope, run_id=work.run.pk, at=data.run.started_at)
    for records in reading.batches(data):
        ingestion.take(records, along=lambda: hold(work.run, at=work.clock()))
        work.recorder.process(records)
        work.recorder.flush_now_and_then()
    add_up(work, ingestion.finish(at=work.clock()))


def _feed(data: RawData) -> RunFeed:
    return RunFeed(
        source=data.source,
        source_id=data.source_id,
        instance=data.instance,
        site=data.site,
        exclude_unknown=data.exclude_unknown,
        settings=data.settings,
        reader=data.reader,
    )
