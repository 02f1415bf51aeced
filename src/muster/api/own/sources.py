"""Trying before doing: filters, previews and credentials of Entra ID; and webhooks."""

from base64 import b64encode
from secrets import token_bytes
from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Query, Router, Schema

from muster.api.access import OrganizationRequest
from muster.api.answers import answer, nothing
from muster.api.export.inventories import FAULTS
from muster.api.problems import Problem, not_found
from muster.api.telling import named_task, task_told, uid_of
from muster.core.errors import ConfigError
from muster.credentials.models import Credential
from muster.credentials.selectors import by_id
from muster.credentials.services import verify
from muster.notices import channels, rules
from muster.notices import selectors as notices
from muster.odata import Severity, check
from muster.organizations.scope import Scope
from muster.tasks import services
from muster.tasks.previews import preview

router = Router(tags=["muster"])
_SOURCE = "azuread"
Document = dict[str, Any]


class PreviewOptions(Schema):
    """What a sync would be given."""

    credential_id: str
    options: dict[str, str] | None = None
    source: str = _SOURCE


class Doctored(Schema):
    """Which credential to check."""

    credential_id: str


class Webhook(Schema):
    """Where events go, and which."""

    name: str
    url: str
    secret: str | None = None
    events: list[str]
    query: str | None = None
    save_anyway: bool = False


Filter = Annotated[str, Query(max_length=8192, description="A `$filter` of Microsoft Graph.")]


@router.get("/entra/filter", response={200: Document, **FAULTS}, summary="Check a device filter")
def check_filter(request: OrganizationRequest, filter: Filter = "") -> HttpResponse:  # noqa: A002 - so called by Graph
    """Say whether a filter can be read, and how; nothing is asked of Graph."""
    if not filter.strip():
        return answer({"filter": "", "valid": True, "issues": []})
    checked = check(filter, resource="device")
    issues = [
        {
            "severity": str(each.severity),
            "message": each.message,
            "hint": each.hint,
            "position": each.position,
        }
        for each in checked.issues
    ]
    is_valid = not any(each["severity"] == Severity.ERROR for each in issues)
    return answer({"filter": filter, "valid": is_valid, "issues": issues})


@router.post("/entra/preview", response={200: Document, **FAULTS}, summary="Preview a sync")
def preview_sync(request: OrganizationRequest, given: PreviewOptions) -> HttpResponse:
    """Count what a sync with these options would import, and import nothing."""
    access = request.auth
    credential = _credential(access.scope, given.credential_id)
    found = preview(given.source, credential, given.options or {}, at=access.now)
    return answer({"matching": found.matching, "importable": found.importable})


@router.post("/entra/doctor", response={200: Document, **FAULTS}, summary="Check a credential")
def doctor(request: OrganizationRequest, given: Doctored) -> HttpResponse:
    """Check a credential, each permission and setting, and name the fix of what is wrong."""
    access = request.auth
    verdict = verify(access.scope, _credential(access.scope, given.credential_id), at=access.now)
    findings = [
        {
            "name": each.name,
            "ok": each.ok,
            "required": each.is_required,
            "detail": each.detail,
            "fix": each.hint,
        }
        for each in verdict.findings
    ]
    return answer({"healthy": verdict.is_verified, "findings": findings})


@router.post("/tasks/{task_id}/run", response={200: Document, **FAULTS}, summary="Run a task")
def run_task(request: OrganizationRequest, task_id: str) -> HttpResponse:
    """Queue a run of a task, whether or not it is due."""
    access = request.auth
    task = named_task(access.scope, task_id)
    services.run(access.scope, task, at=access.now)
    return answer(task_told(access.scope, task))


@router.get("/webhooks", response={200: list[Document], **FAULTS}, summary="List webhooks")
def list_webhooks(request: OrganizationRequest) -> HttpResponse:
    """List where events go, without secrets."""
    found = notices.channels(request.auth.scope)
    told = {each["name"]: each for each in notices.rules(request.auth.scope)}
    return answer([{**each, "rule": told.get(each["name"])} for each in found])


@router.post("/webhooks", response={200: Document, **FAULTS}, summary="Add a webhook")
def add_webhook(request: OrganizationRequest, given: Webhook) -> HttpResponse:
    """Send events to an address from now on; a test message goes there first."""
    access = request.auth
    secret = given.secret or b64encode(token_bytes(32)).decode()
    values = {"url": given.url, "secret": secret}
    made = channels.add(
        access.scope,
        channels.NewChannel(name=given.name, type="webhook", values=values),
        at=access.now,
        save_anyway=given.save_anyway,
    )
    if made.channel is None:
        raise Problem(400, f"the test message failed: {made.finding.detail} {made.finding.hint}")
    rule = _rule(access.scope, made.channel, given, request)
    told = {**notices.channel_document(made.channel), "rule": notices.rule_document(rule)}
    # One that was made here is shown once, as nobody else knows it.
    return answer(told if given.secret else {**told, "secret": secret})


def _rule(own: Scope, channel: Any, given: Webhook, request: OrganizationRequest) -> Any:
    new = rules.NewRule(
        name=given.name, actions=given.events, channels=[given.name], query=given.query or ""
    )
    try:
        return rules.add(own, new, at=request.auth.now)
    except ConfigError:
        # A webhook without events would be in the way of the next try.
        channels.remove(own, channel, at=request.auth.now)
        raise


@router.delete("/webhooks/{webhook_id}", response={204: None, **FAULTS}, summary="Remove a webhook")
def remove_webhook(request: OrganizationRequest, webhook_id: str) -> HttpResponse:
    """Send nothing more to an address, and forget what waits for it."""
    access = request.auth
    uid = str(uid_of(webhook_id, "webhook"))
    if uid not in {each["id"] for each in notices.channels(access.scope)}:
        raise not_found("webhook", webhook_id)
    channel = channels.by_name(access.scope, uid)
    for each in notices.rules(access.scope):
        if each["channels"] == [channel.name]:
            rules.remove(access.scope, rules.by_name(access.scope, each["id"]), at=access.now)
    channels.remove(access.scope, channel, at=access.now)
    return nothing()


def _credential(own: Scope, reference: str) -> Credential:
    found = by_id(own, uid_of(reference, "credential"))
    if found is None:
        raise not_found("credential", reference)
    return found
