"""Connector tasks: made, and run here and now."""

import threading
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import models

from muster.core.errors import ConfigError
from muster.core.source import Progress, Source
from muster.credentials.models import Credential
from muster.credentials.sealing import Secret
from muster.credentials.services import open_for_use
from muster.explorers.places import explorer_of
from muster.integrations import registry
from muster.inventory.ingest import READER, never
from muster.organizations.models import Site
from muster.organizations.scope import Scope
from muster.runner import Begin
from muster.runner import run as run_plan
from muster.tasks.checkpoints import Start, Unfinished, begin, go_on, place_of, unfinished
from muster.tasks.clock import Clock, utc_now
from muster.tasks.consequences import BEGINS_ANEW
from muster.tasks.elsewhere import on_explorer
from muster.tasks.feeds import RunFeed
from muster.tasks.liveness import end_lost_runs, say_scanned
from muster.tasks.models import Run, Task
from muster.tasks.options import checked, deciding, excludes_unknown
from muster.tasks.planning import plan_of
from muster.tasks.raw import shelf
from muster.tasks.raw.taping import Taping
from muster.tasks.runs import Going, going
from muster.tasks.states import Kept
from muster.tasks.storing import Storing


def connector_task(
    scope: Scope,
    source: str,
    *,
    credential: Credential,
    site: Site,
    options: Mapping[str, str],
    at: datetime,
) -> Task:
    """Return the task that asks this source with this credential, with these settings from now on.

    There is one per credential, because two would take each other's records for vanished.
    Raises ConfigError for an option that the source does not have or cannot read.
    """
    found = registry.source(source)
    settings_now = {"site": site, "options": checked(found, options)}
    task = _asking(scope, source, credential)
    if task is None:
        return Task.objects.create(
            organization=scope.organization,
            source=source,
            credential=credential,
            name=f"{found.label}: {credential.name}"[:200],
            created_at=at,
            created_by=scope.principal.name,
            **settings_now,
        )
    task.site, task.options = site, settings_now["options"]
    task.save(update_fields=["site", "options"])
    return task


def _asking(scope: Scope, source: str, credential: Credential) -> Task | None:
    """Return the task that asks this source with this credential; rather one not paused."""
    tasks = Task.objects.filter(
        organization=scope.organization, source=source, credential=credential, removed_at=None
    )
    return tasks.order_by(models.F("paused_at").asc(nulls_first=True), "pk").first()


def run_now(
    scope: Scope,
    task: Task,
    *,
    watcher: Progress,
    stop: threading.Event | None = None,
    clock: Clock = utc_now,
    is_full: bool = False,
    is_fresh: bool = False,
) -> Run:
    """Run a connector task in this process and return its run, which says how it ended.

    If its last run broke off, that one goes on and is returned; where it cannot, or `is_fresh`
    forbids it, a new run begins, and its log says why. `is_full` reads everything, where
    otherwise changes might do.
    Raises ConfigError if the task cannot start: it runs already, or its credential is gone.
    """
    world = _opened(scope, task, at=clock())
    end_lost_runs(scope, at=clock())
    found = unfinished(scope, task, world.instance, at=clock())
    obstacle = "it was asked to begin anew" if is_fresh else found.obstacle if found else ""
    broken_off = None if obstacle else found
    with _going(world, watcher=watcher, clock=clock, broken_off=broken_off) as work:
        if found and obstacle:
            work.recorder.log("notice", "the last run broke off and is not resumed", why=obstacle)
        _collect(world, broken_off, work=work, stop=stop, is_full=is_full)
    return work.run


def resume(
    scope: Scope,
    run: Run,
    *,
    watcher: Progress,
    stop: threading.Event | None = None,
    clock: Clock = utc_now,
) -> Run:
    """Let a run that broke off go on in this process, whichever machine it began on.

    Raises ConfigError if it cannot: it is over or still running, or what was stored of it does
    not fit what would be read now. Then `run_now` begins a new one.
    """
    world = _opened(scope, run.task, at=clock())
    end_lost_runs(scope, at=clock())
    found = unfinished(scope, run.task, world.instance, at=clock())
    is_it = found is not None and found.run.pk == run.pk
    if found is None or not is_it or found.obstacle:
        why = found.obstacle if found is not None and is_it else "there is nothing to go on from"
        raise ConfigError(f"the run {run.uid} cannot go on: {why}", hint="Run its task again.")
    with _going(world, watcher=watcher, clock=clock, broken_off=found) as work:
        _collect(world, found, work=work, stop=stop, is_full=False)
    return work.run


class CannotGoOnError(ConfigError):
    """A run broke off that has to begin anew, as another run."""


def work_on(
    scope: Scope,
    run: Run,
    *,
    was_begun: bool,
    watcher: Progress,
    stop: threading.Event,
    clock: Clock = utc_now,
) -> Run:
    """Do a run that is this process's and active: from where it left off, if it `was_begun`.

    Raises CannotGoOnError, with the run ended, if that cannot be; and whatever keeps the task from
    starting, likewise.
    """
    secrets: list[str] = []
    # Inside of it, as what goes wrong in opening the credential is this run's to tell.
    with going(
        scope,
        run.task,
        options=run.task.options,
        watcher=watcher,
        secrets=secrets,
        clock=clock,
        claimed=run,
    ) as work:
        world = _opened(scope, run.task, at=clock())
        secrets += _secrets(world)
        work.recorder.hide(secrets)
        found = place_of(scope, run, world.instance, at=clock()) if was_begun else None
        if was_begun and (found is None or found.obstacle):
            why = found.obstacle if found else "there is nothing to go on from"
            raise CannotGoOnError(
                f"it broke off and cannot go on: {why}", hint=_ANEW, code=BEGINS_ANEW
            )
        _collect(world, found, work=work, stop=stop, is_full=False)
    return run


_ANEW = "Another run has begun in its place; nothing is to be done."


@dataclass(frozen=True, slots=True)
class _World:
    """What a task opens with its credential."""

    scope: Scope
    task: Task
    source: Source
    secret: Secret
    instance: str


def _opened(scope: Scope, task: Task, *, at: datetime) -> _World:
    source = registry.source(task.source)
    if task.credential is None:
        raise ConfigError(
            f"the task '{task.name}' has no credential any more", hint="Choose another one for it."
        )
    secret = open_for_use(task.credential, at=at)
    return _World(scope, task, source, secret, source.instance(secret))


def _going(
    world: _World, *, watcher: Progress, clock: Clock, broken_off: Unfinished | None
) -> AbstractContextManager[Going]:
    return going(
        world.scope,
        world.task,
        options=world.task.options,
        watcher=watcher,
        secrets=_secrets(world),
        clock=clock,
        broken_off=broken_off.run if broken_off else None,
    )


def _secrets(world: _World) -> list[str]:
    credential = world.task.credential
    return [world.secret[name] for name in credential.sealed] if credential else []


def _collect(
    world: _World,
    broken_off: Unfinished | None,
    *,
    work: Going,
    stop: threading.Event | None,
    is_full: bool,
) -> None:
    start = _start(world, broken_off, work)
    kept = Kept(world.scope, world.task, world.instance, work.run.started_at)
    storing = _storing(world, start, kept, work=work, stop=stop)
    plan = plan_of(
        world.task,
        secret=world.secret,
        endpoints=settings.ENDPOINTS,
        state=kept.take(is_full=is_full),
        checkpoints=start.parts,
    )
    try:
        reports = run_plan(
            plan,
            storing.take,
            progress=work.recorder,
            stop=stop,
            is_apart=settings.COLLECTS_APART,
            idle=work.recorder.flush_now_and_then,
            collected=lambda: say_scanned(work.run, at=work.clock()),
            elsewhere=_elsewhere(work),
        )
    except BaseException:
        storing.finish(is_over=False)
        raise
    work.judge(reports)
    work.afterwards.append(
        lambda: shelf.make_room(world.scope.organization, most_bytes=settings.RAW_DATA_BYTES)
    )
    if work.is_stopped:
        storing.leave()
    else:
        storing.finish(is_over=not work.is_broken_off)
    if storing.saw_nothing and work.is_whole():
        work.fail(
            f"{world.source.label} holds nothing at all: no {', '.join(world.source.collections)}",
            hint="Check that the credential opens the one you mean. What was known before is kept.",
        )


def _elsewhere(work: Going) -> Begin | None:
    """Return what collects on the Explorer that a run was given to; None where that is here."""
    explorer = explorer_of(work.run.organization, work.run.explorer)
    return None if explorer is None else on_explorer(work.run, explorer, clock=work.clock)


def _start(world: _World, broken_off: Unfinished | None, work: Going) -> Start:
    if broken_off is None:
        return begin(world.scope, world.task, world.instance, run=work.run, clock=work.clock)
    work.recorder.log("notice", "the last run broke off and goes on from its last whole page")
    return go_on(broken_off, clock=work.clock)


def _storing(
    world: _World, start: Start, kept: Kept, *, work: Going, stop: threading.Event | None
) -> Storing:
    feed = _feed(world)
    ingestion = feed.ingestion(
        world.scope,
        run_id=work.run.pk,
        at=work.run.started_at,
        done=start.done,
        reported=start.reported,
        is_stopped=stop.is_set if stop is not None else never,
    )
    taping = Taping(work.run, feed)
    has_stored = start.done is not None
    return Storing(ingestion, work, kept, start.keeping, taping, has_stored=has_stored)


def _feed(world: _World) -> RunFeed:
    credential = world.task.credential
    reader = str(credential.uid) if credential else ""
    return RunFeed(
        source=world.source.name,
        source_id=world.source.source_id,
        instance=world.instance,
        site=world.task.site,
        exclude_unknown=excludes_unknown(world.task.options),
        settings={**deciding(world.task.options), READER: reader},
        reader=reader,
    )
