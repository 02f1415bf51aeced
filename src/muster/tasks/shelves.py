"""The shelves on which people look for tasks: by where they stand (reference console.md 4.5)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from muster.organizations.scope import Scope
from muster.tasks.models import Status
from muster.tasks.selectors import task_entries
from muster.tasks.standing import REMOVED

Fields = Mapping[str, Any]
"""A task as `task_entries` shows it."""

SHELVES: Mapping[str, Callable[[Fields], bool]] = {
    "active": lambda task: task["status"] in {Status.QUEUED, Status.ACTIVE},
    "processing": lambda task: task["status"] == Status.SCANNED,
    "scheduled": lambda task: task["next_at"] is not None,
    "failed": lambda task: task["status"] == Status.ERROR or bool(task["trouble"]),
    "completed": lambda task: task["status"] in {Status.PROCESSED, Status.STOPPED, REMOVED},
    "recurring": lambda task: bool(task["recur"]) and task["status"] != REMOVED,
    "all": bool,
}


@dataclass(frozen=True, slots=True)
class Shelf:
    """One shelf: its tasks, and how many there are on each."""

    name: str
    tasks: Sequence[Fields]
    counts: Mapping[str, int]


def shelf(scope: Scope, name: str) -> Shelf:
    """Return the tasks of a shelf that are not hidden, the one that ran last first.

    A name that is none is `all`.
    """
    shown = [each.fields for each in task_entries(scope) if not each.fields["hidden"]]
    counts = {each: sum(map(holds, shown)) for each, holds in SHELVES.items()}
    name = name if name in SHELVES else "all"
    tasks = [each for each in shown if SHELVES[name](each)]
    tasks.sort(key=_last_run_at, reverse=True)
    return Shelf(name, tasks, counts)


def _last_run_at(task: Fields) -> datetime:
    at: datetime = task["started_at"] or task["created_at"]
    return at
