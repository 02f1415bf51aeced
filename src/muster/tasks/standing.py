"""Where a task stands, as the console shows it: of its own or by its latest run."""

from typing import Final

from muster.tasks.models import DOING, Run, Status, Task

PAUSED: Final = "paused"
REMOVED: Final = "removed"

GOING = (Status.QUEUED, *DOING)
"""Where a run is that has not ended."""

MANY_FAILURES = 3
"""From so many in a row on, it is not bad luck."""


def status_of(task: Task, run: Run | None) -> str:
    """Return a task's status (design.md section 6), given its latest run."""
    if task.removed_at is not None:
        return REMOVED
    if run is not None and run.status in GOING:
        return str(run.status)
    if task.paused_at is not None:
        return PAUSED
    return str(run.status) if run is not None else Status.NEW.value


def trouble_of(task: Task) -> str:
    """Return what a person has to know of a task before its latest error; "" if nothing."""
    if task.held:
        return task.held
    if task.failures >= MANY_FAILURES:
        return f"FAILED {task.failures} TIMES IN A ROW"
    return ""
