"""Telling of the end of a run: that it failed or recovered, and what is new."""

from datetime import datetime

from muster.notices.actions import Action
from muster.notices.models import Event
from muster.notices.recording import Target, latest, record
from muster.tasks.models import Run, Status, Trigger

_ENDS = {
    Status.PROCESSED: Action.TASK_COMPLETED,
    Status.ERROR: Action.TASK_FAILED,
    Status.STOPPED: Action.TASK_STOPPED,
}


def announce_end(run: Run, *, at: datetime) -> None:
    """Record how a run ended, and what came of it, in the transaction that writes it down.

    The amount of a failure is how many there were in a row; that of new assets, how many.
    """
    if run.trigger == Trigger.REPLAY:
        # It says nothing of the source, so it neither fails the task nor lets it recover.
        _record(run, Action.TASK_REPLAYED, at=at, statistics=run.statistics, error=run.error)
        return
    action = _ENDS.get(Status(run.status))
    if action is None:
        return
    before = latest(run.organization, run.task.uid, (Action.TASK_COMPLETED, Action.TASK_FAILED))
    failures = before.amount if before and before.action == Action.TASK_FAILED else 0
    if action is Action.TASK_FAILED:
        _record(run, action, at=at, amount=failures + 1, error=run.error, hint=run.hint)
        return
    _record(run, action, at=at, statistics=run.statistics)
    if action is Action.TASK_COMPLETED and failures:
        _record(run, Action.TASK_RECOVERED, at=at, failures=failures)
    if new := run.statistics.get("assets_new", 0):
        _record(run, Action.NEW_ASSETS_FOUND, at=at, amount=new)


def _record(run: Run, action: Action, *, at: datetime, amount: int = 1, **details: object) -> Event:
    task = run.task
    return record(
        run.organization,
        action,
        at=at,
        target=Target("task", task.uid, task.name),
        success=action is not Action.TASK_FAILED,
        amount=amount,
        details={"run_id": str(run.uid), "site": task.site.name, "source": task.source, **details},
        among=_new_with(run) if action is Action.NEW_ASSETS_FOUND else "",
    )


def _new_with(run: Run) -> str:
    """Return a query for the assets that a run brought: they are as old as it."""
    return f"created_at:={int(run.started_at.timestamp())}"
