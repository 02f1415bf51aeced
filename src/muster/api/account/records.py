"""Credentials, events, tasks and Explorers of all organizations."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from typing import Annotated

from django.http import HttpResponse
from ninja import Query, Router

from muster.api import answers
from muster.api.access import AccountRequest
from muster.api.answers import answer, nothing, stream
from muster.api.export.inventories import FAULTS, Answer, Fields, PageSize, Search, StartKey
from muster.api.export.kinds import chosen
from muster.api.org.tasks import Status
from muster.api.problems import Problem, not_found
from muster.api.rendering.accounts import credential_document, event_document
from muster.api.rendering.assets import JSON
from muster.api.schemas.accounts import Credential, CredentialOptions, Event, EventPage
from muster.api.schemas.tasks import Agent, Task
from muster.api.telling import (
    MOST_TASKS,
    agent_documents,
    named_organization,
    scopes,
    task_documents,
    uid_of,
    within,
)
from muster.credentials import services
from muster.credentials.models import Credential as Row
from muster.credentials.selectors import by_id, visible
from muster.notices.audit import events_of_all
from muster.organizations.scope import Scope
from muster.search import every

router = Router(tags=["account"])
_EVENT_FIELDS = list(Event.model_fields)
_AT_ONCE = 500
_LARGEST_PAGE = 1000
SaveAnyway = Annotated[
    bool, Query(description="Ours: save it even if its source refuses it (muster).")
]


@router.get("/credentials", response={200: list[Credential], **FAULTS}, summary="List credentials")
def list_credentials(request: AccountRequest, search: Search = "") -> HttpResponse:
    """List the credentials that a search matches; never a secret."""
    access, found = request.auth, {}
    for own in scopes(access):
        wanted = {str(each["id"]) for each in every(own, "credentials", search, now=access.now)}
        found.update({each.uid: each for each in visible(own) if str(each.uid) in wanted})
    return answer([credential_document(each) for each in found.values()])


@router.put("/credentials", response={200: Credential, **FAULTS}, summary="Make a credential")
def put_credential(
    request: AccountRequest, given: CredentialOptions, *, save_anyway: SaveAnyway = True
) -> HttpResponse:
    """Save a credential. It is tried against its source, and says so if that refuses it."""
    access = request.auth
    new = services.NewCredential(
        name=given.name,
        type=given.type,
        values={name: str(text) for name, text in given.secret.items() if text is not None},
        is_global=bool(given.global_),
    )
    made = services.create(_home(request, given), new, at=access.now, save_anyway=save_anyway)
    if made.credential is None:
        raise Problem(400, f"the source refuses it: {made.verdict.message}")
    return answer(credential_document(made.credential))


def _home(request: AccountRequest, given: CredentialOptions) -> Scope:
    """Return the organization that owns a new credential: the one its `acl` names, or the first."""
    named = [uid for uid, role in (given.acl or {}).items() if role and role != "none"]
    if named:
        return named_organization(request.auth, str(named[0]))
    return scopes(request.auth)[0]


@router.get(
    "/credentials/{credential_id}",
    response={200: Credential, **FAULTS},
    summary="Get a credential",
)
def get_credential(request: AccountRequest, credential_id: str) -> HttpResponse:
    """Get one credential; never its secrets."""
    return answer(credential_document(_credential(request, credential_id)[1]))


@router.delete(
    "/credentials/{credential_id}", response={204: None, **FAULTS}, summary="Remove a credential"
)
def delete_credential(request: AccountRequest, credential_id: str) -> HttpResponse:
    """Remove one credential; tasks that used it say so."""
    own, row = _credential(request, credential_id)
    services.remove(own, row, at=request.auth.now)
    return nothing()


def _credential(request: AccountRequest, reference: str) -> tuple[Scope, Row]:
    uid = uid_of(reference, "credential")
    for own in scopes(request.auth):
        row = by_id(own, uid)
        if row is not None and row.organization_id == own.organization_id:
            return own, row
    raise not_found("credential", reference)


@router.get("/tasks", response={200: list[Task], **FAULTS}, summary="List all tasks")
def list_tasks(request: AccountRequest, search: Search = "", status: Status = "") -> HttpResponse:
    """List the latest thousand tasks of all organizations."""
    access = request.auth
    found = [task_documents(within(access, each), search, status) for each in scopes(access)]
    latest = sorted((task for each in found for task in each), key=lambda e: -int(e["created_at"]))
    return answer(latest[:MOST_TASKS])


@router.get("/agents", response={200: list[Agent], **FAULTS}, summary="List all Explorers")
def list_agents(request: AccountRequest, search: Search = "") -> HttpResponse:
    """List the Explorers of all organizations."""
    access = request.auth
    found = [agent_documents(within(access, each), search) for each in scopes(access)]
    return answer([agent for each in found for agent in each])


@router.get(
    "/events.json",
    response={200: list[Event] | EventPage, **FAULTS},
    summary="List events",
)
def list_events(
    request: AccountRequest,
    search: Search = "",
    fields: Fields = "",
    page_size: PageSize = None,
    start_key: StartKey = "",
) -> Answer:
    """List what happened, the latest first. A search is part of an action, a name or an id."""
    names = chosen(_EVENT_FIELDS, fields) or _EVENT_FIELDS
    if page_size is None and not start_key:
        return stream(answers.json_array(_events(request, search, names)), answers.JSON)
    size = min(page_size or 100, _LARGEST_PAGE)
    rows = events_of_all(_keys(request), search, before=_before(start_key), most=size + 1)
    shown = rows[:size]
    next_key = _key(shown[-1].pk) if len(rows) > size else ""
    documents = [_picked(event_document(each), names) for each in shown]
    return answer({"events": documents, "next_key": next_key})


@router.get("/events.jsonl", response={200: None, **FAULTS}, summary="List events as JSON lines")
def list_event_lines(request: AccountRequest, search: Search = "", fields: Fields = "") -> Answer:
    """List what happened, one object per line."""
    names = chosen(_EVENT_FIELDS, fields) or _EVENT_FIELDS
    lines = answers.json_lines(_events(request, search, names))
    return stream(lines, answers.JSONL, name="events.jsonl")


def _events(request: AccountRequest, search: str, names: list[str]) -> Iterator[JSON]:
    before: int | None = None
    while rows := events_of_all(_keys(request), search, before=before, most=_AT_ONCE):
        yield from (_picked(event_document(each), names) for each in rows)
        before = rows[-1].pk


def _keys(request: AccountRequest) -> list[int]:
    return [each.organization_id for each in scopes(request.auth)]


def _picked(document: JSON, names: list[str]) -> JSON:
    return {name: document[name] for name in names}


def _key(number: int) -> str:
    return urlsafe_b64encode(str(number).encode()).decode().rstrip("=")


def _before(key: str) -> int | None:
    if not key:
        return None
    try:
        number = int(urlsafe_b64decode(key.encode("ascii") + b"==").decode("ascii"))
    except (ValueError, binascii.Error) as error:
        raise Problem(400, "this start_key is not one of this list") from error
    if not 0 < number < 2**62:
        raise Problem(400, "this start_key is not one of this list")
    return number
