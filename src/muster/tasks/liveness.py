"""Telling a run that is slow from one whose process is gone."""

import os
import socket
from datetime import datetime, timedelta

from django.db import models, transaction

from muster.core.errors import UnavailableError
from muster.organizations.scope import Scope
from muster.tasks.announcing import announce_end
from muster.tasks.models import DOING, Run, Status

SILENCE = timedelta(minutes=30)
"""A run may wait ten minutes for a throttled source; three times that without a word is dead."""


_LOST = "the process that ran this ended before it was done"


class TakenOverError(UnavailableError):
    """A run is no longer this process's to write."""


def this_host() -> str:
    """Return the name under which this machine's runs are known."""
    return socket.gethostname()


def end_lost_runs(scope: Scope, *, at: datetime) -> list[Run]:
    """Mark the runs whose process is gone as failed, and return them."""
    lost = [each for each in _active(scope) if not _is_alive(each, at=at)]
    return [each for each in lost if _end_lost(each, at=at)]


def take_over(run: Run, *, at: datetime, worker: str = "") -> bool:
    """Make a run that has ended this process's, active again; False if another was quicker.

    Raises IntegrityError if its task has another active run.
    """
    ended = Run.objects.filter(
        organization=run.organization_id, pk=run.pk, status__in=[Status.ERROR, Status.STOPPED]
    )
    # A command works on it here, whoever collected for the worker that began it.
    here = {} if worker else {"explorer": None}
    taken = ended.update(
        **here,
        status=Status.ACTIVE,
        host=this_host(),
        pid=os.getpid(),
        worker=worker,
        heartbeat_at=at,
        ended_at=None,
        stop_asked_at=None,
        is_lost=False,
        error="",
        hint="",
        code="",
    )
    run.refresh_from_db()
    return taken > 0


def claim(run: Run, *, worker: str, at: datetime) -> bool:
    """Make a run that waits this process's, and active; False if another was quicker."""
    waiting = Run.objects.filter(organization=run.organization_id, pk=run.pk, status=Status.QUEUED)
    taken = waiting.update(
        status=Status.ACTIVE,
        # When it counts as begun stays: that is when its records count as seen.
        started_at=run.started_at if was_begun(run) else at,
        options=dict(run.task.options),
        host=this_host(),
        pid=os.getpid(),
        worker=worker,
        heartbeat_at=at,
    )
    if taken:
        run.refresh_from_db()
    return taken > 0


def was_begun(run: Run) -> bool:
    """True if some process has worked on a run."""
    return bool(run.host)


def lose(run: Run, *, at: datetime) -> bool:
    """Mark an active run as lost whose process is known to be gone; False if it has spoken."""
    return _end_lost(run, at=at)


def hold(run: Run, *, at: datetime) -> None:
    """Say that a run is alive, and keep others from taking it over until the transaction ends.

    Raises TakenOverError if it is no longer this process's: it was silent for too long.
    """
    if not _mine(run).update(heartbeat_at=at):
        raise _taken_over()


def say_alive(run: Run, *, at: datetime) -> None:
    """Say that a run is alive, and how far it is, unless it is no longer this process's."""
    run.heartbeat_at = at
    _mine(run).update(heartbeat_at=at, progress=run.progress)


def say_scanned(run: Run, *, at: datetime) -> None:
    """Say that a run has collected all, and stores what is left of it.

    Raises TakenOverError as `hold` does.
    """
    if not _mine(run).update(status=Status.SCANNED, heartbeat_at=at):
        raise _taken_over()
    run.status = Status.SCANNED


def is_mine(run: Run) -> bool:
    """True if a run is still this process's."""
    return _mine(run).exists()


def _taken_over() -> TakenOverError:
    return TakenOverError(
        "the run was taken over by another process, or ended from elsewhere",
        hint="This process was silent for too long. Nothing of its last page was stored.",
    )


def _mine(run: Run) -> models.QuerySet[Run]:
    return Run.objects.filter(
        organization=run.organization_id,
        pk=run.pk,
        status__in=DOING,
        host=run.host,
        pid=run.pid,
    )


def _end_lost(run: Run, *, at: datetime) -> bool:
    """Mark a run as failed, unless somebody has taken it over or it has spoken meanwhile."""
    is_stopped = run.stop_asked_at is not None
    run.status = Status.STOPPED if is_stopped else Status.ERROR
    run.ended_at = at
    run.error = "stopped by a person" if is_stopped else _LOST
    run.hint = (
        "Whole pages are kept and nothing expired. Run the task again: it goes on from there."
    )
    unchanged = Run.objects.filter(
        organization=run.organization_id,
        pk=run.pk,
        status__in=DOING,
        host=run.host,
        pid=run.pid,
        heartbeat_at=run.heartbeat_at,
    )
    with transaction.atomic():
        ended = unchanged.update(
            status=run.status, ended_at=run.ended_at, error=run.error, hint=run.hint, is_lost=True
        )
        if ended:
            announce_end(run, at=at)
    return ended > 0


def _active(scope: Scope) -> list[Run]:
    return list(Run.objects.filter(organization=scope.organization, status__in=DOING))


def _is_alive(run: Run, *, at: datetime) -> bool:
    if at - run.heartbeat_at > SILENCE:
        return False
    return run.host != this_host() or has_process(run.pid)


def has_process(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
