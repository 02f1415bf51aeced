"""From a task to a plan: the only place where a connector task and a scan differ."""

from collections.abc import Mapping

from muster.core.source import Checkpoints
from muster.runner import Plan, Step
from muster.tasks.models import Task
from muster.tasks.options import deciding


def plan_of(
    task: Task,
    *,
    secret: Mapping[str, str],
    endpoints: Mapping[str, str],
    state: Mapping[str, str] | None = None,
    checkpoints: Checkpoints | None = None,
) -> Plan:
    """Return the plan of a connector task: one step."""
    step = Step(
        source=task.source,
        options=deciding(task.options),
        secret=secret,
        endpoints=endpoints,
        state=state,
        checkpoints=checkpoints,
    )
    return Plan((step,))
