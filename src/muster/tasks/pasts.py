"""Reading what became of a task: its runs, the times that brought none, and what runs said."""

import uuid
from collections.abc import Iterator
from typing import Any

from muster.core.errors import ConfigError
from muster.organizations.scope import Scope
from muster.tasks.models import Outcome, RawData, Recurrence, Run, RunLog, Task

_NOT_RUN = {
    Outcome.MISSED: "due while no worker ran, and later than the grace period when one did",
    Outcome.OVERLAPPED: "due while its last run was still going",
}

_MOST_DIGITS = 18


def past(scope: Scope, task: Task, *, most: int) -> list[dict[str, Any]]:
    """Return a task's latest runs and the times that brought none, newest first."""
    runs = Run.objects.filter(organization=scope.organization, task=task)
    skipped = Recurrence.objects.filter(organization=scope.organization, task=task, run=None)
    found = [run_document(each) for each in runs.select_related("raw").order_by("-pk")[:most]]
    found += [
        _skipped(each) for each in skipped.exclude(outcome=Outcome.RAN).order_by("-pk")[:most]
    ]
    return sorted(found, key=lambda each: str(each["started_at"]), reverse=True)[:most]


def run_document(run: Run) -> dict[str, Any]:
    """Return a run as JSON values."""
    return {
        "id": str(run.uid),
        "status": run.status,
        "trigger": run.trigger,
        "due_at": _text(run.due_at),
        "queued_at": _text(run.queued_at),
        "started_at": _text(run.started_at),
        "ended_at": _text(run.ended_at),
        "worker": run.worker,
        "explorer": str(run.explorer) if run.explorer else None,
        "host": run.host,
        "complete": run.is_complete,
        "progress": run.progress,
        "raw_data": _raw_data(run),
        "statistics": run.statistics,
        "error": run.error,
        "hint": run.hint,
        "code": run.code,
    }


def find_run(scope: Scope, uid: uuid.UUID) -> Run | None:
    """Return the run of the organization of that id; None if there is none."""
    runs = Run.objects.filter(organization=scope.organization, uid=uid)
    return runs.select_related("task").first()


def latest_run(scope: Scope, task: Task) -> Run | None:
    """Return the latest run of a task; None before the first."""
    runs = Run.objects.filter(organization=scope.organization, task=task)
    return runs.order_by("-pk").first()


def run_of(scope: Scope, task: Task, uid: str = "") -> Run:
    """Return a run of a task by its id, or the latest for "".

    Raises ConfigError if there is none.
    """
    runs = Run.objects.filter(organization=scope.organization, task=task)
    found = runs.order_by("-pk").first() if not uid else _by_id(runs.all(), uid)
    if found is None:
        what = f"no run '{uid[:50]}'" if uid else "no run yet"
        raise ConfigError(f"'{task.name}' has {what}", hint="See its runs: muster task runs.")
    return found


def run_by_id(scope: Scope, reference: str) -> Run:
    """Return the run of that id, whichever task's it is.

    Raises ConfigError if there is none.
    """
    runs = Run.objects.filter(organization=scope.organization)
    found = _by_id(runs.select_related("task__site", "organization"), reference)
    if found is None:
        raise ConfigError(
            f"there is no run '{reference[:50]}'",
            hint="Its id is in: muster task runs TASK --json.",
        )
    return found


def log_of(run: Run) -> Iterator[dict[str, Any]]:
    """Yield the lines of a run, in order."""
    for each in run.log.order_by("pk"):
        yield {
            "at": _text(each.at),
            "level": each.level,
            "event": each.event,
            "fields": each.fields,
        }


def _by_id(runs: Any, uid: str) -> Run | None:
    try:
        wanted = uuid.UUID(uid.strip())
    except ValueError:
        return None
    found: Run | None = runs.filter(uid=wanted).first()
    return found


def _raw_data(run: Run) -> dict[str, Any]:
    """Return how much raw data of a run is kept, and why none is."""
    data: RawData | None = getattr(run, "raw", None)
    if data is None:
        return {"records": 0, "bytes": 0, "lost": ""}
    return {"records": data.records if data.parts else 0, "bytes": data.size, "lost": data.lost}


def _skipped(recurrence: Recurrence) -> dict[str, Any]:
    return {
        "id": None,
        "status": recurrence.outcome,
        "trigger": "schedule",
        "due_at": _text(recurrence.due_at),
        "started_at": _text(recurrence.fired_at),
        "ended_at": None,
        "complete": False,
        "error": _NOT_RUN[Outcome(recurrence.outcome)],
    }


def _text(at: Any) -> str | None:
    return at.isoformat() if at else None


def log_page(run: Run, *, after: str = "", size: int = 200) -> tuple[list[RunLog], str]:
    """Return lines of a run behind the one with that key, in order, and the key to go on behind.

    The key is "" where no line follows; what is no key of ours begins at the beginning.
    """
    is_key = after.isascii() and after.isdigit() and len(after) <= _MOST_DIGITS
    lines = list(run.log.filter(pk__gt=int(after) if is_key else 0).order_by("pk")[: size + 1])
    return lines[:size], str(lines[size - 1].pk) if len(lines) > size else ""
