"""Tasks: on their shelves, each with its runs, and what one can do to it."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse

from muster.console.fields import sentence
from muster.console.needs import Need
from muster.console.pages import found, go_to, page, render, send
from muster.console.requests import PageRequest
from muster.console.tables import Cell, Column, Table, TableRow
from muster.console.templatetags.console import tone
from muster.console.toasts import toast, warn
from muster.core.errors import ConfigError
from muster.organizations.scope import Scope
from muster.tasks import services
from muster.tasks.importing import IMPORT
from muster.tasks.models import Task
from muster.tasks.pasts import past, run_of
from muster.tasks.selectors import task_by_name, task_fields
from muster.tasks.shelves import shelf
from muster.tasks.standing import GOING

_SHOWN_RUNS = 25
_COLUMNS = (
    Column("Name"),
    Column("Status"),
    Column("Schedule", is_wide_only=True),
    Column("Next", is_wide_only=True),
    Column("Last run"),
    Column("Site", is_wide_only=True),
)


@page(Need.READ)
def tasks(request: PageRequest) -> HttpResponse:
    """List the tasks of one shelf."""
    shown = shelf(request.asker.scope, request.GET.get("show", "all"))
    table = Table("Tasks", _COLUMNS, [_row(each) for each in shown.tasks])
    is_going = any(each["status"] in GOING for each in shown.tasks)
    values = {
        "shelf": shown,
        "table": table,
        "is_going": is_going,
        "here": request.get_full_path(),
        "may_change": request.asker.may(Need.CHANGE_TASKS),
    }
    return render(request, "pages/tasks.html", values)


@page(Need.READ)
def task(request: PageRequest, task: UUID) -> HttpResponse:
    """Show a task, how far it is, and its runs."""
    return render(request, "pages/task.html", _task_values(request, task))


@page(Need.READ)
def live(request: PageRequest, task: UUID) -> HttpResponse:
    """Show the part of a task's page that changes while it runs."""
    return render(request, "parts/task_live.html", _task_values(request, task))


@page(Need.CHANGE_TASKS, methods=("POST",))
def run(request: PageRequest, task: UUID) -> HttpResponse:
    """Run a task now."""
    return _do(request, task, services.run, "'{}' starts.")


@page(Need.CHANGE_TASKS, methods=("POST",))
def pause(request: PageRequest, task: UUID) -> HttpResponse:
    """Keep a task from running by itself."""
    undo = reverse("task-resume", kwargs={"task": task})
    return _do(request, task, services.pause, "'{}' is paused.", undo=undo)


@page(Need.CHANGE_TASKS, methods=("POST",))
def resume(request: PageRequest, task: UUID) -> HttpResponse:
    """Let a task run by itself again."""
    undo = reverse("task-pause", kwargs={"task": task})
    return _do(request, task, services.resume, "'{}' goes on by its schedule.", undo=undo)


@page(Need.CHANGE_TASKS, methods=("POST",))
def stop(request: PageRequest, task: UUID) -> HttpResponse:
    """Stop the run that is going."""
    row = _found(request, task)
    is_going = task_fields(row)["status"] in GOING
    said = "'{}' stops within moments; whole pages are kept."
    return _do(request, task, services.stop if is_going else _nothing, said)


@page(Need.CHANGE_TASKS, methods=("POST",))
def remove(request: PageRequest, task: UUID) -> HttpResponse:
    """Take a task out of sight; what it brought stays."""
    _do(request, task, services.hide, "'{}' is removed. What it brought stays.")
    return go_to(request, "tasks")


@page(Need.CHANGE_TASKS, methods=("POST",))
def copy(request: PageRequest, task: UUID) -> HttpResponse:
    """Copy a task, paused, and offer to change the copy."""
    try:
        made = services.copy(request.asker.scope, _found(request, task), at=request.asker.at)
    except ConfigError as error:
        warn(request, sentence(error))
        return go_to(request, "task", task=task)
    toast(request, "This is the copy. It is paused; resume it when it is as you want it.")
    return go_to(request, "task-edit", task=made.uid)


def _nothing(scope: Scope, task: Task, *, at: object) -> None:
    raise ConfigError(f"'{task.name}' is not running", hint="Its last run has ended.")


def _do(
    request: PageRequest, uid: UUID, act: Callable[..., object], said: str, *, undo: str = ""
) -> HttpResponse:
    row = _found(request, uid)
    try:
        act(request.asker.scope, row, at=request.asker.at)
    except ConfigError as error:
        warn(request, sentence(error))
    else:
        toast(request, said.format(row.name), undo=undo)
    return send(request, reverse("task", kwargs={"task": uid}))


def _found(request: PageRequest, uid: UUID) -> Task:
    return found(lambda: task_by_name(request.asker.scope, str(uid)))


def _task_values(request: PageRequest, uid: UUID) -> dict[str, Any]:
    scope = request.asker.scope
    row = _found(request, uid)
    fields = task_fields(row)
    runs = past(scope, row, most=_SHOWN_RUNS)
    latest = next((each for each in runs if each["id"]), None)
    return {
        "task": row,
        "fields": fields,
        "runs": runs,
        "latest": latest,
        "statistics": statistics_of(latest),
        "progress": getattr(run_of(scope, row), "progress", {}) if latest else {},
        "is_going": fields["status"] in GOING,
        "is_import": row.source == IMPORT,
        "may_change": request.asker.may(Need.CHANGE_TASKS),
    }


def statistics_of(run: Mapping[str, Any] | None) -> list[tuple[str, int]]:
    """Return what a run counted, in words, without what it counted none of."""
    counted = run["statistics"] if run else {}
    return [
        (name.replace("_", " ").replace(".", " "), number)
        for name, number in sorted(counted.items())
        if isinstance(number, int) and number
    ]


def _row(task: Mapping[str, Any]) -> TableRow:
    return TableRow(
        (
            Cell(task["name"], href=f"/tasks/{task['id']}", is_strong=True),
            Cell(task["status"], tone=tone(task["status"]), title=task["error"]),
            Cell(task["schedule"]),
            Cell(at=task["next_at"]),
            Cell(at=task["started_at"]),
            Cell(task["site"]),
        ),
        id=task["id"],
    )
