"""Connector tasks: made and changed in one form, with a check of what they would import."""

from uuid import UUID

from django.http import Http404, HttpResponse, QueryDict

from muster.console.connector_form import (
    changes_of,
    form_of,
    new_task,
    posted_of,
    wants_run,
)
from muster.console.fields import OPTION, given
from muster.console.needs import Need
from muster.console.pages import found, go_to, page, render
from muster.console.requests import PageRequest
from muster.console.toasts import toast
from muster.core.errors import MusterError
from muster.core.source import Source
from muster.credentials.selectors import by_name
from muster.integrations import registry
from muster.tasks import services
from muster.tasks.models import Task
from muster.tasks.previews import preview
from muster.tasks.selectors import task_by_name


@page(Need.CHANGE_TASKS, methods=("GET", "POST"))
def new(request: PageRequest, source: str) -> HttpResponse:
    """Ask for a new task of a source, and make it."""
    asked = _source(source)
    if request.method != "POST":
        return _form(request, asked, request.GET)
    asker = request.asker
    try:
        task = services.create(
            asker.scope, new_task(asker.scope, asked, request.POST, at=asker.at), at=asker.at
        )
    except MusterError as error:
        return _form(request, asked, request.POST, problem=error)
    if wants_run(request.POST):
        services.run(asker.scope, task, at=asker.at)
        toast(request, f"'{task.name}' is saved and starts now.")
    else:
        toast(request, f"'{task.name}' is saved.")
    return go_to(request, "task", task=task.uid)


@page(Need.CHANGE_TASKS, methods=("GET", "POST"))
def edit(request: PageRequest, task: UUID) -> HttpResponse:
    """Change a task; a run that is going keeps the settings it started with."""
    asker = request.asker
    row = found(lambda: task_by_name(asker.scope, str(task)))
    asked = _source(row.source)
    if request.method != "POST":
        return _form(request, asked, posted_of(row), task=row)
    try:
        changes = changes_of(asker.scope, asked, request.POST, at=asker.at)
        services.edit(asker.scope, row, changes, at=asker.at)
    except MusterError as error:
        return _form(request, asked, request.POST, problem=error, task=row)
    toast(request, f"'{row.name}' is changed.")
    return go_to(request, "task", task=row.uid)


@page(Need.CHANGE_TASKS, methods=("POST",))
def check(request: PageRequest, source: str) -> HttpResponse:
    """Say whether the filter can be read, and how many it lets through."""
    asked, asker = _source(source), request.asker
    values: dict[str, object] = {}
    try:
        credential = by_name(asker.scope, request.POST.get("credential", ""))
        options = given(request.POST, OPTION)
        values["preview"] = preview(asked.name, credential, options, at=asker.at)
    except MusterError as error:
        values["problem"] = error
        values["pointed"] = getattr(error, "pointed", str)()
    return render(request, "parts/preview.html", values)


def _source(name: str) -> Source:
    if name not in registry.SOURCES:
        raise Http404(f"there is no source {name}")
    return registry.source(name)


def _form(
    request: PageRequest,
    source: Source,
    posted: QueryDict,
    *,
    problem: MusterError | None = None,
    task: Task | None = None,
) -> HttpResponse:
    groups = form_of(request.asker.scope, source, posted, is_new=task is None)
    values = {"source": source, "groups": groups, "problem": problem, "task": task}
    return render(request, "pages/connector.html", values, status=422 if problem else 200)
