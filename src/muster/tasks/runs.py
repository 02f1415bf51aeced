"""The life of one run: it starts alone, and whatever happens its row says how it ended."""

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import DatabaseError, IntegrityError, InterfaceError, transaction

from muster.core.errors import ConfigError, MusterError, UnavailableError
from muster.core.records import CollectionReport
from muster.core.source import Progress
from muster.organizations.scope import Scope
from muster.runner import StepReport
from muster.tasks.announcing import announce_end
from muster.tasks.checkpoints import forget
from muster.tasks.clock import Clock, utc_now
from muster.tasks.consequences import draw
from muster.tasks.liveness import (
    TakenOverError,
    end_lost_runs,
    hold,
    is_mine,
    take_over,
    this_host,
)
from muster.tasks.models import Run, Status, Task, Trigger
from muster.tasks.recording import Recorder, storable
from muster.tasks.retention import run_if_due

_ENDING = ("status", "is_complete", "progress", "statistics", "error", "hint", "code", "ended_at")
_LONGEST_CODE = 100
_GOES_ON = "Run it again: it goes on from the last whole page."


@dataclass(slots=True)
class Going:
    """A run that goes on: what it counted, and what it could not get.

    `afterwards` is what is done once its row says how it ended: nobody waits for that.
    """

    run: Run
    recorder: Recorder
    clock: Clock
    statistics: dict[str, int] = field(default_factory=dict)
    incomplete: list[CollectionReport] = field(default_factory=list)
    error: str = ""
    hint: str = ""
    code: str = ""
    is_stopped: bool = False
    is_broken_off: bool = False
    afterwards: list[Callable[[], object]] = field(default_factory=list)

    def fail(self, error: str, *, hint: str, code: str = "") -> None:
        """Say that the run is no good, and what to do."""
        self.error, self.hint, self.code = error, hint, code

    def judge(self, reports: Sequence[StepReport]) -> None:
        """Take over how the steps ended; collections that failed each for itself say so later."""
        self.is_stopped = any(each.is_stopped for each in reports)
        self.is_broken_off = any(each.is_broken_off for each in reports)
        for each in reports:
            reasons = {report.error for report in each.collections}
            if not each.complete and (each.is_broken_off or len(reasons) <= 1):
                self.fail(each.error, hint=each.hint, code=each.code)

    def is_whole(self) -> bool:
        """True if everything that should be collected was."""
        return not (self.incomplete or self.error)


@contextlib.contextmanager
def going(
    scope: Scope,
    task: Task,
    *,
    options: Mapping[str, str],
    watcher: Progress,
    secrets: Sequence[str] = (),
    clock: Clock = utc_now,
    broken_off: Run | None = None,
    claimed: Run | None = None,
    trigger: Trigger = Trigger.MANUAL,
) -> Iterator[Going]:
    """Start a run, or take up one that broke off, and write down how it ended.

    `claimed` is one that is this process's and active already.
    Errors go on to the caller. Raises ConfigError if a run of the task is going already.
    """
    run = claimed or _start(
        scope, task, clock(), options=options, broken_off=broken_off, trigger=trigger
    )
    recorder = Recorder(run, watcher=watcher, clock=clock, secrets=secrets)
    work = Going(run, recorder, clock)
    try:
        yield work
    except TakenOverError:
        raise  # The row says by now what another process does.
    except KeyboardInterrupt:
        _end_badly(work, Status.STOPPED, "stopped by a person", _GOES_ON, secrets)
        raise
    except MusterError as error:
        work.code = error.code
        _end_badly(work, Status.ERROR, error.message, error.hint, secrets)
        raise
    except BaseException as error:
        _end_badly(work, Status.ERROR, f"{type(error).__name__}: {error}", "", secrets)
        raise
    _end(work)
    for each in work.afterwards:
        each()
    _let_expire(scope, work)


def _start(
    scope: Scope,
    task: Task,
    now: datetime,
    *,
    options: Mapping[str, str],
    broken_off: Run | None,
    trigger: Trigger,
) -> Run:
    end_lost_runs(scope, at=now)
    try:
        with transaction.atomic():
            if broken_off is not None:
                if not take_over(broken_off, at=now):
                    raise _running_already(task)
                return broken_off
            return Run.objects.create(
                organization=scope.organization,
                task=task,
                status=Status.ACTIVE,
                trigger=trigger,
                options=dict(options),
                started_at=now,
                heartbeat_at=now,
                host=this_host(),
                pid=os.getpid(),
            )
    except IntegrityError as error:
        raise _running_already(task) from error


def _running_already(task: Task) -> ConfigError:
    return ConfigError(
        f"the task '{task.name}' is running already", hint="Wait until that run has ended."
    )


def _end(work: Going) -> None:
    run = work.run
    run.is_complete = work.is_whole()
    failed = Status.STOPPED if work.is_stopped else Status.ERROR
    run.status = Status.PROCESSED if run.is_complete else failed
    told = (work.error, work.hint) if work.error else _told(work.incomplete)
    run.error, run.hint = (storable(each, ()) for each in told)
    # In one: a run that is over has no place to go on from, and one that has is not over.
    with transaction.atomic():
        hold(run, at=work.clock())
        _write_end(work)
        if not work.is_broken_off:
            forget(run)


def _let_expire(scope: Scope, work: Going) -> None:
    """Run the retention of the day behind the first run of it, and say there what went."""
    expired = run_if_due(scope, work.recorder, at=work.clock())
    work.run.statistics = {**work.run.statistics, **expired}
    work.run.save(update_fields=["statistics"])
    work.recorder.flush()


def _told(incomplete: Sequence[CollectionReport]) -> tuple[str, str]:
    """Return what was not collected and why, and what to do about each."""
    if not incomplete:
        return "", ""
    why = "; ".join(f"{each.collection}: {each.error or 'not collected'}" for each in incomplete)
    hints = list(dict.fromkeys(each.hint for each in incomplete if each.hint))
    kept = "What was known of them before is kept."
    return f"incomplete: {why}", " ".join([*hints, kept])


def _end_badly(work: Going, status: Status, error: str, hint: str, secrets: Sequence[str]) -> None:
    """Write how a run broke off; a database that takes no more must not hide the reason."""
    run = work.run
    run.error, run.hint = storable(error, secrets), storable(hint, secrets)
    with contextlib.suppress(DatabaseError, InterfaceError):
        if is_mine(run):
            run.status, run.is_complete = status, False
            _write_end(work)


def _write_end(work: Going) -> None:
    work.run.ended_at = work.clock()
    work.run.code = work.code[:_LONGEST_CODE]
    work.run.progress = work.recorder.progress(at=work.run.ended_at)
    work.run.statistics = {**work.statistics, **work.recorder.counts}
    with transaction.atomic():
        # Not all: somebody may be asking right now to stop it.
        work.run.save(update_fields=_ENDING)
        announce_end(work.run, at=work.run.ended_at)
    work.recorder.flush()
    draw(work.run.task, work.run, at=work.clock())


def raise_if_failed(run: Run) -> None:
    """Raise UnavailableError if a run ended without everything."""
    if not run.is_complete:
        raise UnavailableError(run.error, hint=run.hint)
