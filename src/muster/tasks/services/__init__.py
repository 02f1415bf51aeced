"""What people do with tasks: make, change, copy, run, pause, resume, stop and hide them.

All of it needs a role that may, in the organization of the scope.
"""

from muster.tasks.services.commanding import (
    cancel,
    check_may_run,
    hide,
    pause,
    resume,
    run,
    set_status,
    stop,
)
from muster.tasks.services.making import Changes, NewTask, copy, create, edit

__all__ = [
    "Changes",
    "NewTask",
    "cancel",
    "check_may_run",
    "copy",
    "create",
    "edit",
    "hide",
    "pause",
    "resume",
    "run",
    "set_status",
    "stop",
]
