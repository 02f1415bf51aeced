"""Addresses that open a file for a while, for whoever has them: what runs kept."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import orjson
from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from ninja import Router

from muster.accounts.roles import WORKER
from muster.api import answers
from muster.api.answers import encoded, stream
from muster.api.problems import Problem
from muster.api.schemas.inventory import Problem as Told
from muster.organizations.scope import Scope, organization_of, scope
from muster.tasks.models import Run, RunLog
from muster.tasks.pasts import find_run
from muster.tasks.reports import every_change
from muster.tasks.uploads import kept_name, kept_pieces

router = Router(tags=["organization"])
LASTS = timedelta(minutes=15)
DATA, LOG, CHANGES = "data", "log", "changes"
_FORMS = {
    DATA: "application/octet-stream",
    LOG: "text/plain; charset=utf-8",
    CHANGES: answers.JSONL,
}


@dataclass(frozen=True, slots=True)
class Ticket:
    """What an address opens."""

    organization: UUID
    run: UUID
    what: str


def link(request: HttpRequest, own: Scope, run: Run, what: str) -> HttpResponse:
    """Return the answer that sends a client on to such an address."""
    told = ":".join((str(own.organization.uid), str(run.uid), what))
    path = reverse("api:open_link", kwargs={"ticket": _signer().sign(told)})
    url = request.build_absolute_uri(path)
    return HttpResponse(
        encoded({"url": url}), status=303, content_type=answers.JSON, headers={"Location": url}
    )


@router.get(
    "/links/{ticket}",
    response={200: None, 404: Told},
    auth=None,
    url_name="open_link",
    summary="Open a temporary address",
)
def open_link(request: HttpRequest, ticket: str) -> StreamingHttpResponse:
    """Send the file that a task's data, log or changes led to."""
    found = _read(ticket)
    organization = organization_of(found.organization)
    if organization is None:
        raise _over()
    own = scope(WORKER, organization)
    run = find_run(own, found.run)
    if run is None:
        raise _over()
    name = kept_name(run) if found.what == DATA else f"{run.uid}.{found.what}.jsonl"
    return stream(_chunks(own, run, found.what), _FORMS[found.what], name=name)


def _chunks(own: Scope, run: Run, what: str) -> Iterator[bytes]:
    if what == DATA:
        return kept_pieces(own, run)
    if what == LOG:
        return (_line(each) for each in run.log.order_by("pk").iterator())
    return (encoded(each) + b"\n" for each in every_change(own, run))


def _line(line: RunLog) -> bytes:
    said = {**line.fields, "time": line.at.isoformat(), "level": line.level, "msg": line.event}
    return b"@cee:" + orjson.dumps(said) + b"\n"


def _read(ticket: str) -> Ticket:
    try:
        organization, run, what = _signer().unsign(ticket, max_age=LASTS).split(":")
        return Ticket(UUID(organization), UUID(run), what)
    except (BadSignature, ValueError) as error:
        raise _over() from error


def _over() -> Problem:
    return Problem(404, "this address opens nothing, or its time is over; ask for another")


def _signer() -> TimestampSigner:
    return TimestampSigner(salt="muster.api.links")
