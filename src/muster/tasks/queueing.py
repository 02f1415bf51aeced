"""Putting runs into the queue of the workers."""

from datetime import datetime

from django.db import IntegrityError, transaction

from muster.core.errors import ConfigError
from muster.tasks.models import Run, Status, Task, Trigger


class GoingAlreadyError(ConfigError):
    """A run of the task waits or is running."""

    def __init__(self, task: Task) -> None:
        """Name the task."""
        super().__init__(
            f"a run of the task '{task.name}' waits or is running already",
            hint="Wait until it has ended, or stop it.",
        )


def queue(task: Task, trigger: Trigger, *, at: datetime, due_at: datetime | None = None) -> Run:
    """Return a new run that waits for a worker.

    Raises GoingAlreadyError if one waits or is running: two would take each other's records for
    vanished.
    """
    try:
        with transaction.atomic():
            return Run.objects.create(
                organization=task.organization,
                task=task,
                status=Status.QUEUED,
                trigger=trigger,
                options=dict(task.options),
                due_at=due_at,
                queued_at=at,
                started_at=at,
                heartbeat_at=at,
                host="",
                pid=0,
            )
    except IntegrityError as error:
        raise GoingAlreadyError(task) from error


def queue_again(run: Run, *, at: datetime) -> bool:
    """Put a run that broke off back into the queue; False if it is not one any more.

    Raises GoingAlreadyError if another one of its task waits or is running.
    """
    ended = Run.objects.filter(
        organization=run.organization_id, pk=run.pk, status__in=[Status.ERROR, Status.STOPPED]
    )
    try:
        with transaction.atomic():
            changed = ended.update(
                status=Status.QUEUED,
                queued_at=at,
                released_at=None,
                stop_asked_at=None,
                ended_at=None,
                is_lost=False,
                error="",
                hint="",
                code="",
            )
    except IntegrityError as error:
        raise GoingAlreadyError(run.task) from error
    run.refresh_from_db()
    return changed > 0
