"""`muster task`: each file declares its part of the group when it is imported."""

from muster.cli.commands.task import raw, report, runs, tasks
from muster.cli.commands.task.group import app

__all__ = ["app", "raw", "report", "runs", "tasks"]
