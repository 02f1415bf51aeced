"""From a task to a plan: the only place where a connector task and a scan differ."""

from collections.abc import Mapping

from muster.runner import Plan, Step
from muster.tasks.models import Task
from muster.tasks.options import EXCLUDE_UNKNOWN


def plan_of(task: Task, *, secret: Mapping[str, str], endpoints: Mapping[str, str]) -> Plan:
    """Return the plan of a connector task: one step."""
    options = {name: text for name, text in task.options.items() if name != EXCLUDE_UNKNOWN}
    step = Step(source=task.source, options=options, secret=secret, endpoints=endpoints)
    return Plan((step,))
