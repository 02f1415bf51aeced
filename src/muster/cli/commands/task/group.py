"""The group `muster task`, and finding the task that a command is about."""

from typing import TYPE_CHECKING

from muster.cli.declaring import group
from muster.cli.session import Session

if TYPE_CHECKING:
    from muster.organizations.scope import Scope
    from muster.tasks.models import Task

app = group("Make, schedule, run and watch tasks, and look at what they did.")


def found_task(session: Session, name: str) -> "tuple[Scope, Task]":
    """Return the scope and the task of that name or id."""
    scope = session.scope
    from muster.tasks.selectors import task_by_name

    return scope, task_by_name(scope, name)
