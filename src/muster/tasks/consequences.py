"""What the end of a run means for its task: when it is due again, and whether it is at all."""

from datetime import datetime, timedelta
from typing import Protocol, runtime_checkable

from muster.integrations import registry
from muster.tasks.models import Run, Status, Task, Trigger
from muster.tasks.schedules import from_document, next_after

BEGINS_ANEW = "begins-anew"
"""The code of a run that broke off in whose place another one begins."""

_FIRST = timedelta(minutes=5)
_LONGEST = timedelta(hours=6)
"""So that a task that is due daily is tried daily, however long it has been failing."""


@runtime_checkable
class Locking(Protocol):
    """A source whose other side locks an account after some wrong passwords."""

    @property
    def locking_codes(self) -> frozenset[str]:
        """Codes of errors after which a further try makes it worse."""


def draw(task: Task, run: Run, *, at: datetime) -> None:
    """Write down what follows from a run that has ended for its task."""
    is_of_its_source = run.trigger != Trigger.REPLAY and run.code != BEGINS_ANEW
    if run.status == Status.STOPPED or not is_of_its_source:
        return
    failures = 0 if run.is_complete else task.failures + 1
    rows = Task.objects.filter(organization=run.organization_id, pk=task.pk)
    rows.update(failures=failures, held=_held(task, run))
    task.failures, task.held = failures, _held(task, run)
    if failures and task.schedule:
        earliest = at + back_off(failures)
        if task.held:
            rows.update(next_at=None)
        else:
            rows.filter(next_at__lt=earliest).update(next_at=_after(task, earliest))


def back_off(failures: int) -> timedelta:
    """Return how long a task waits at least that has failed so often in a row."""
    doubled = 1 << min(max(failures, 1) - 1, 10)
    return min(_FIRST * doubled, _LONGEST)


def _held(task: Task, run: Run) -> str:
    """Return why nothing may try again until a person has acted; "" if it may."""
    source = registry.SOURCES.get(task.source)
    if run.is_complete or not isinstance(source, Locking) or run.code not in source.locking_codes:
        return ""
    return (
        f"STOPPED UNTIL A PERSON ACTS: signing in failed ({run.code}), and trying again could lock "
        "the account out"
    )


def _after(task: Task, earliest: datetime) -> datetime | None:
    """Return the first time by its schedule that is not before `earliest`."""
    schedule = from_document(task.schedule)
    return next_after(schedule, earliest - timedelta(microseconds=1)) if schedule else None
