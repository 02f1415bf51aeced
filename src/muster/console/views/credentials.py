"""Credentials: listed, added once they are tried, tried again, renewed and removed."""

from datetime import timedelta
from uuid import UUID

from django.http import HttpResponse, QueryDict

from muster.console.fields import (
    SECRET,
    Choice,
    Field,
    given,
    secret_fields,
    sentence,
    with_error,
)
from muster.console.needs import Need
from muster.console.pages import found, go_to, page, render, send
from muster.console.requests import PageRequest
from muster.console.tables import Cell, Column, Table, TableRow
from muster.console.toasts import toast, warn
from muster.core.errors import ConfigError
from muster.credentials import services
from muster.credentials.kinds import declared, known_types
from muster.credentials.models import Credential, Verification
from muster.credentials.selectors import by_name, visible
from muster.credentials.services import NewCredential
from muster.tasks.selectors import tasks_using

_SOON = timedelta(days=30)
_COLUMNS = (
    Column("Name"),
    Column("Type"),
    Column("Checked"),
    Column("Last used", is_wide_only=True),
    Column("Ends", is_wide_only=True),
    Column("For", is_wide_only=True),
)


@page(Need.READ)
def credentials(request: PageRequest) -> HttpResponse:
    """List what the organization may use."""
    rows = [_row(request, each) for each in visible(request.asker.scope).defer("sealed")]
    table = Table("Credentials", _COLUMNS, rows)
    return render(
        request,
        "pages/credentials.html",
        {"table": table, "may_change": request.asker.may(Need.CHANGE_TASKS)},
    )


@page(Need.CHANGE_TASKS, methods=("GET", "POST"))
def new(request: PageRequest) -> HttpResponse:
    """Ask for a credential, try it, and save it; also if it fails, where that is wished."""
    if request.method != "POST":
        return _form(request, request.GET)
    try:
        created = services.create(
            request.asker.scope,
            _given(request.POST),
            at=request.asker.at,
            save_anyway="save_anyway" in request.POST,
        )
    except ConfigError as error:
        return _form(request, request.POST, problem=error)
    if created.credential is None:
        return _form(request, request.POST, verdict=created.verdict)
    toast(request, f"The credential '{created.credential.name}' is saved.")
    if request.POST.get("then") == "connect":
        source, _kind = declared(created.credential.type)
        return send(request, f"/ingest/{source.name}?credential={created.credential.uid}")
    return go_to(request, "credential", credential=created.credential.uid)


@page(Need.CHANGE_TASKS, methods=("POST",))
def check(request: PageRequest) -> HttpResponse:
    """Try what stands in the form, and save nothing."""
    values: dict[str, object] = {}
    try:
        values["verdict"] = services.try_out(_given(request.POST))
    except ConfigError as error:
        values["problem"] = error
    return render(request, "parts/findings.html", values)


@page(Need.READ)
def credential(request: PageRequest, credential: UUID) -> HttpResponse:
    """Show one, without its secrets."""
    return _detail(request, _found(request, credential))


@page(Need.CHANGE_TASKS, methods=("POST",))
def verify(request: PageRequest, credential: UUID) -> HttpResponse:
    """Try a saved one again."""
    row = _found(request, credential)
    try:
        verdict = services.verify(request.asker.scope, row, at=request.asker.at)
    except ConfigError as error:
        return _detail(request, row, problem=error)
    return _detail(request, row, verdict=verdict)


@page(Need.CHANGE_TASKS, methods=("POST",))
def rotate(request: PageRequest, credential: UUID) -> HttpResponse:
    """Put a new secret into a credential; what uses it goes on."""
    row = _found(request, credential)
    try:
        changed = services.replace(
            request.asker.scope,
            row,
            given(request.POST, SECRET),
            at=request.asker.at,
            save_anyway="save_anyway" in request.POST,
        )
    except ConfigError as error:
        return _detail(request, row, problem=error, is_rotating=True)
    if changed.credential is None:
        return _detail(request, row, verdict=changed.verdict, is_rotating=True)
    toast(request, f"'{row.name}' has its new values.")
    return go_to(request, "credential", credential=row.uid)


@page(Need.CHANGE_TASKS, methods=("POST",))
def remove(request: PageRequest, credential: UUID) -> HttpResponse:
    """Delete one; tasks that use it stay and cannot run."""
    row = _found(request, credential)
    try:
        services.remove(request.asker.scope, row, at=request.asker.at)
    except ConfigError as error:
        warn(request, sentence(error))
        return go_to(request, "credential", credential=row.uid)
    toast(request, f"The credential '{row.name}' is removed.")
    return go_to(request, "credentials")


def credential_form(posted: QueryDict) -> dict[str, object]:
    """Return the fields for a new credential of the type that is asked for."""
    kinds = [kind for _source, kind in known_types()]
    kind = next((each for each in kinds if each.name == posted.get("type")), kinds[0])
    return {
        "kind": kind,
        "fields": [
            Field(
                "name",
                "Name",
                value=posted.get("name", kind.label),
                help="How it is called in lists.",
                is_required=True,
            ),
            *secret_fields(kind, given(posted, SECRET)),
            Field(
                "is_global",
                "Make this a global credential",
                "boolean",
                posted.get("is_global", "false"),
                help="Other organizations may use it too, without seeing its secrets.",
            ),
        ],
        "types": [Choice(each.name, each.label) for each in kinds],
    }


def _form(request: PageRequest, posted: QueryDict, **more: object) -> HttpResponse:
    values = {**credential_form(posted), **more, "then": posted.get("then", "")}
    problem = more.get("problem")
    if isinstance(problem, ConfigError):
        values["fields"] = with_error(values["fields"], problem.code, sentence(problem))  # type: ignore[arg-type]
    return render(request, "pages/credential_new.html", values, status=422 if more else 200)


def _given(posted: QueryDict) -> NewCredential:
    return NewCredential(
        name=posted.get("name", ""),
        type=posted.get("type", ""),
        values=given(posted, SECRET),
        is_global=given(posted, "").get("is_global") == "true",
    )


def _found(request: PageRequest, uid: UUID) -> Credential:
    return found(lambda: by_name(request.asker.scope, str(uid)))


def _detail(request: PageRequest, row: Credential, **more: object) -> HttpResponse:
    scope = request.asker.scope
    _source, kind = declared(row.type)
    shown = [each for each in kind.fields if not each.is_secret]
    is_own = row.organization_id == scope.organization_id
    values = {
        "credential": row,
        "kind": kind,
        "facts": [(each.label, row.public.get(each.name, "")) for each in shown],
        "secrets": [each.label for each in kind.fields if each.name in row.sealed],
        "tasks": tasks_using(scope, row),
        "fields": secret_fields(kind, row.public),
        "is_verified": row.verification_status == Verification.VERIFIED,
        "is_ending": row.expires_at is not None and row.expires_at - request.asker.at < _SOON,
        "may_change": is_own and request.asker.may(Need.CHANGE_TASKS),
        **more,
    }
    status = 422 if "problem" in more else 200
    return render(request, "pages/credential.html", values, status=status)


def _row(request: PageRequest, row: Credential) -> TableRow:
    is_verified = row.verification_status == Verification.VERIFIED
    kinds = {kind.name: kind.label for _source, kind in known_types()}
    return TableRow(
        (
            Cell(row.name, href=f"/credentials/{row.uid}", is_strong=True),
            Cell(kinds.get(row.type, row.type)),
            Cell(
                "verified" if is_verified else "failed",
                tone="success" if is_verified else "danger",
                title=row.verification_message,
            ),
            Cell(at=row.last_used_at),
            Cell(at=row.expires_at),
            Cell("all organizations" if row.is_global else "this organization"),
        ),
        id=str(row.uid),
    )
