"""Running, pausing, resuming, stopping and hiding tasks."""

from datetime import datetime

from django.db import models, transaction

from muster.core.errors import ConfigError
from muster.organizations.scope import Scope
from muster.tasks.importing import IMPORT
from muster.tasks.models import Checkpoint, Run, Status, Task, Trigger
from muster.tasks.queueing import queue, queue_again
from muster.tasks.schedules import from_document, next_after
from muster.tasks.services.checking import check_alone
from muster.tasks.services.permission import check_is_there, check_may_change
from muster.tasks.standing import GOING


def run(scope: Scope, task: Task, *, at: datetime) -> Run:
    """Return a run that waits for a worker, whether or not the task is due, paused or held.

    If its last run was stopped or lost, and left off somewhere, that one goes on from there.
    Raises ConfigError if one waits or is running already.
    """
    check_may_run(scope, task)
    _let_go(task, at=at)
    last = _runs(scope, task).order_by("-pk").first()
    if last is not None and _can_go_on(last) and queue_again(last, at=at):
        return last
    return queue(task, Trigger.MANUAL, at=at)


def check_may_run(scope: Scope, task: Task) -> None:
    """Raise ConfigError if whoever asks may not run a task, or it is none that runs by itself."""
    check_may_change(scope, task)
    check_is_there(task)
    if task.source == IMPORT:
        raise ConfigError(
            f"'{task.name}' is an import and does not run by itself", hint="Import the file again."
        )


def pause(scope: Scope, task: Task, *, at: datetime) -> Task:
    """Keep a task from being due. A run that is going goes on."""
    check_may_change(scope, task)
    check_is_there(task)
    if task.paused_at is None:
        task.paused_at, task.next_at = at, None
        task.save(update_fields=["paused_at", "next_at"])
    return task


def resume(scope: Scope, task: Task, *, at: datetime) -> Task:
    """Let a task be due again that was paused, or held after a refused sign-in.

    What was due in between is not made up for.
    Raises ConfigError if another task writes into its world.
    """
    check_may_change(scope, task)
    check_is_there(task)
    schedule = from_document(task.schedule)
    task.paused_at, task.held = None, ""
    task.next_at = next_after(schedule, at) if schedule is not None else None
    with transaction.atomic():
        check_alone(scope, task)
        task.save(update_fields=["paused_at", "held", "next_at"])
    return task


def stop(scope: Scope, task: Task, *, at: datetime) -> Run | None:
    """Stop the run that waits or is going and return it; where there is none, remove the task.

    One that is going ends within moments and leaves whole pages. A task that is removed keeps its
    runs and is never due again.
    """
    check_may_change(scope, task)
    going = _runs(scope, task).filter(status__in=GOING).first()
    if going is None:
        check_is_there(task)
        _remove(task, at=at)
        return None
    waiting = _runs(scope, task).filter(pk=going.pk, status=Status.QUEUED)
    stopped = waiting.update(
        status=Status.STOPPED, ended_at=at, stop_asked_at=at, error="stopped before it began"
    )
    if not stopped:
        _ask_to_stop(scope, task, going, at=at)
    going.refresh_from_db()
    return going


def set_status(scope: Scope, task: Task, status: str, *, at: datetime) -> Task:
    """Pause a task, or let it be due again, by the status that it is to have.

    Raises ConfigError for a status that nobody can give a task.
    """
    match status.strip().casefold():
        case "paused":
            return pause(scope, task, at=at)
        case "active":
            return resume(scope, task, at=at)
    raise ConfigError(
        f"a task cannot be given the status '{status[:60]}'",
        hint="paused pauses it, active resumes it.",
    )


def cancel(scope: Scope, task: Task, *, at: datetime) -> Task:
    """Stop what waits or is going of a task and remove it: it is never due again.

    What was removed already stays so.
    """
    check_may_change(scope, task)
    if task.removed_at is None:
        stop(scope, task, at=at)
        if task.removed_at is None:
            _remove(task, at=at)
    return task


def hide(scope: Scope, task: Task, *, at: datetime) -> Task:
    """Remove a task from sight; its runs stay.

    Raises ConfigError while a run of it waits or is going.
    """
    check_may_change(scope, task)
    if _runs(scope, task).filter(status__in=GOING).exists():
        raise ConfigError(
            f"a run of the task '{task.name}' waits or is running", hint="Stop it first."
        )
    task.is_hidden = True
    _remove(task, at=at)
    return task


def _ask_to_stop(scope: Scope, task: Task, going: Run, *, at: datetime) -> None:
    if not going.worker:
        raise ConfigError(
            f"the run of '{task.name}' is a command's own (process {going.pid} on {going.host})",
            hint="End that command with Ctrl-C: it leaves whole pages too.",
        )
    _runs(scope, task).filter(pk=going.pk, status__in=GOING).update(stop_asked_at=at)


def _remove(task: Task, *, at: datetime) -> None:
    task.removed_at = task.removed_at or at
    task.next_at = None
    task.save(update_fields=["removed_at", "next_at", "is_hidden"])


def _let_go(task: Task, *, at: datetime) -> None:
    """A person acts: what was held is tried again."""
    if task.held:
        schedule = from_document(task.schedule)
        task.held = ""
        due = next_after(schedule, at) if schedule else None
        task.next_at = due if task.paused_at is None else None
        task.save(update_fields=["held", "next_at"])


def _can_go_on(run: Run) -> bool:
    is_broken_off = run.status == Status.STOPPED or run.is_lost
    places = Checkpoint.objects.filter(organization=run.organization_id, run=run)
    return is_broken_off and places.exists()


def _runs(scope: Scope, task: Task) -> models.QuerySet[Run]:
    return Run.objects.filter(organization=scope.organization, task=task)
