"""Who may change tasks, and which can be changed."""

from muster.core.errors import ConfigError
from muster.organizations.scope import Scope
from muster.tasks.models import Task


def check_may_change(scope: Scope, task: Task | None = None) -> None:
    """Raise ConfigError if whoever asks may not change tasks here, or this one."""
    if not scope.principal.role_in(scope.organization_id).may_change_tasks():
        raise ConfigError(
            f"{scope.principal.name} may not change tasks of {scope.organization.name}",
            hint="Ask an administrator; users, administrators and superusers may.",
        )
    if task is not None and task.organization_id != scope.organization_id:
        raise ConfigError(
            f"the task {task.uid} belongs to another organization",
            hint="Work in that organization to change it.",
        )


def check_is_there(task: Task) -> None:
    """Raise ConfigError if a task was removed."""
    if task.removed_at is not None:
        raise ConfigError(
            f"the task '{task.name}' was removed", hint="Copy it, and change the copy."
        )
