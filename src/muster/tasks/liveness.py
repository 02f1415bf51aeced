"""Telling a run that is slow from one whose process is gone."""

import os
import socket
from datetime import datetime, timedelta

from muster.organizations.scope import Scope
from muster.tasks.models import Run, Status

SILENCE = timedelta(minutes=30)
"""A run may wait ten minutes for a throttled source; three times that without a word is dead."""


def this_host() -> str:
    """Return the name under which this machine's runs are known."""
    return socket.gethostname()


def end_lost_runs(scope: Scope, *, at: datetime) -> list[Run]:
    """Mark the runs whose process is gone as failed, and return them."""
    lost = [each for each in _active(scope) if not _is_alive(each, at=at)]
    for run in lost:
        run.status = Status.ERROR
        run.ended_at = at
        run.error = "the process that ran this ended before it was done"
        run.hint = "Whole pages are kept and nothing expired. Run the task again."
        run.save(update_fields=["status", "ended_at", "error", "hint"])
    return lost


def _active(scope: Scope) -> list[Run]:
    return list(Run.objects.filter(organization=scope.organization, status=Status.ACTIVE))


def _is_alive(run: Run, *, at: datetime) -> bool:
    if at - run.heartbeat_at > SILENCE:
        return False
    return run.host != this_host() or _has_process(run.pid)


def _has_process(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
