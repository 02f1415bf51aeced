"""Making runs of what is due: once each, however many schedulers look at the clock."""

import logging
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from muster.core.errors import MusterError
from muster.tasks.models import Outcome, Recurrence, Run, Task, Trigger
from muster.tasks.queueing import GoingAlreadyError, queue
from muster.tasks.schedules import Frequency, Schedule, Verdict, from_document, judge
from muster.tasks.worker import rows

MOST_AT_ONCE = 200

_log = logging.getLogger(__name__)


def fire(at: datetime) -> list[Recurrence]:
    """Make runs of the tasks whose time has come, and return what came of each.

    Those that a downtime made too late, and those whose last run is still going, are kept as
    recurrences without a run.
    """
    fired = [_fired(each, at=at) for each in rows.due_tasks(at, most=MOST_AT_ONCE)]
    return [each for each in fired if each is not None]


def _fired(task: Task, *, at: datetime) -> Recurrence | None:
    try:
        schedule = from_document(task.schedule)
    except MusterError as error:
        _hold(task, error)
        return None
    if schedule is None or task.next_at is None:
        return None
    verdict = judge(schedule, task.next_at, now=at, grace=timedelta(hours=task.grace_hours))
    try:
        with transaction.atomic():
            return _come(task, schedule, verdict, at=at)
    except IntegrityError:
        return None  # Another scheduler was quicker.


def _come(task: Task, schedule: Schedule, verdict: Verdict, *, at: datetime) -> Recurrence | None:
    """Take a time, so that nobody else does, and do what is to be done."""
    taken = Task.objects.filter(
        organization=task.organization_id,
        pk=task.pk,
        next_at=task.next_at,
        paused_at=None,
        removed_at=None,
        held="",
    )
    if not taken.update(next_at=verdict.next_at):
        return None
    outcome, run = _outcome(task, verdict, at=at)
    if outcome is Outcome.OVERLAPPED and schedule.frequency is Frequency.CONTINUOUS:
        return None  # It looks every minute whether its last run has ended.
    if outcome is not Outcome.RAN:
        _log.warning("task not run", extra={"task": str(task.uid), "outcome": outcome.value})
    return Recurrence.objects.create(
        organization=task.organization,
        task=task,
        due_at=verdict.due_at,
        fired_at=at,
        outcome=outcome,
        run=run,
    )


def _outcome(task: Task, verdict: Verdict, *, at: datetime) -> tuple[Outcome, Run | None]:
    if not verdict.runs:
        return Outcome.MISSED, None
    try:
        return Outcome.RAN, queue(task, Trigger.SCHEDULE, at=at, due_at=verdict.due_at)
    except GoingAlreadyError:
        return Outcome.OVERLAPPED, None


def _hold(task: Task, error: MusterError) -> None:
    """Keep a task from being due whose schedule cannot be read: only a person can mend it."""
    rows_of_it = Task.objects.filter(organization=task.organization_id, pk=task.pk)
    rows_of_it.update(held=f"STOPPED UNTIL A PERSON ACTS: {error.message}", next_at=None)
