"""Tasks: listed, changed, stopped, hidden, and what their runs kept."""

from typing import Annotated

from django.http import HttpResponse
from ninja import Query, Router

from muster.api.access import OrganizationRequest
from muster.api.answers import answer
from muster.api.export.inventories import FAULTS, Search
from muster.api.links import CHANGES, DATA, LOG, link
from muster.api.problems import Problem
from muster.api.schemas.tasks import Link, Task, TaskChange
from muster.api.telling import (
    named_site,
    named_task,
    optional_uid,
    task_documents,
    task_told,
)
from muster.core.errors import ConfigError
from muster.tasks import services
from muster.tasks.models import Run
from muster.tasks.pasts import latest_run
from muster.tasks.uploads import kept_pieces

router = Router(tags=["organization"])

Status = Annotated[str, Query(max_length=60, description="Only those of this status.")]
_ONE = {200: Task, **FAULTS}
_SENT_ON = {303: Link, **FAULTS}


@router.get("/tasks", response={200: list[Task], **FAULTS}, summary="List tasks")
def list_tasks(
    request: OrganizationRequest, search: Search = "", status: Status = ""
) -> HttpResponse:
    """List the latest thousand tasks; removed ones only if asked for by status."""
    return answer(task_documents(request.auth, search, status))


@router.get("/tasks/{task_id}", response=_ONE, summary="Get a task")
def get_task(request: OrganizationRequest, task_id: str) -> HttpResponse:
    """Get one task with what its latest run says."""
    own = request.auth.scope
    return answer(task_told(own, named_task(own, task_id)))


@router.patch("/tasks/{task_id}", response=_ONE, summary="Change a task")
def patch_task(request: OrganizationRequest, task_id: str, given: TaskChange) -> HttpResponse:
    """Change a task; the status `paused` pauses it, and `active` resumes it."""
    own, now = request.auth.scope, request.auth.now
    task = named_task(own, task_id)
    site = optional_uid(given.site_id, "site")
    changes = services.Changes(
        name=given.name,
        description=given.description,
        site=named_site(own, str(site)) if site else None,
        options=given.params or None,
        grace_hours=_hours(given.grace_period),
    )
    if changes != services.Changes():
        services.edit(own, task, changes, at=now)
    if given.status is not None and given.status.strip():
        services.set_status(own, task, given.status, at=now)
    return answer(task_told(own, named_task(own, task_id)))


@router.post("/tasks/{task_id}/stop", response=_ONE, summary="Stop a task")
def stop_task(request: OrganizationRequest, task_id: str) -> HttpResponse:
    """Stop what is going of a task, and remove it: it is never due again."""
    own = request.auth.scope
    services.cancel(own, named_task(own, task_id), at=request.auth.now)
    return answer(task_told(own, named_task(own, task_id)))


@router.post("/tasks/{task_id}/hide", response=_ONE, summary="Hide a task")
def hide_task(request: OrganizationRequest, task_id: str) -> HttpResponse:
    """Remove a task from sight; its runs stay."""
    own = request.auth.scope
    services.hide(own, named_task(own, task_id), at=request.auth.now)
    return answer(task_told(own, named_task(own, task_id)))


@router.get("/tasks/{task_id}/data", response=_SENT_ON, summary="Get what a task read")
def task_data(request: OrganizationRequest, task_id: str) -> HttpResponse:
    """Send on to the file that the latest run read, as far as it is kept: that of an upload."""
    run = _run(request, task_id)
    if next(kept_pieces(request.auth.scope, run), None) is None:
        raise Problem(404, "this run kept no data: only what was uploaded is kept")
    return link(request, request.auth.scope, run, DATA)


@router.get("/tasks/{task_id}/log", response=_SENT_ON, summary="Get what a task logged")
def task_log(request: OrganizationRequest, task_id: str) -> HttpResponse:
    """Send on to what the latest run logged, line by line."""
    return link(request, request.auth.scope, _run(request, task_id), LOG)


@router.get("/tasks/{task_id}/changes", response=_SENT_ON, summary="Get what a task changed")
def task_changes(request: OrganizationRequest, task_id: str) -> HttpResponse:
    """Send on to what the latest run changed, one object per line."""
    return link(request, request.auth.scope, _run(request, task_id), CHANGES)


def _run(request: OrganizationRequest, task_id: str) -> Run:
    own = request.auth.scope
    run = latest_run(own, named_task(own, task_id))
    if run is None:
        raise Problem(404, "this task has not run yet")
    return run


def _hours(given: str | int | None) -> int | None:
    if given is None or not str(given).strip():
        return None
    text = str(given).strip()
    if not (text.isascii() and text.isdigit() and len(text) < 6):  # noqa: PLR2004
        raise ConfigError("the grace period is a whole number of hours")
    return int(text)
