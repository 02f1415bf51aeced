"""Who asks, and in which organization: the first thing that every operation does."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from ninja.security import HttpBearer

from muster.api.problems import Problem
from muster.organizations.models import Organization
from muster.organizations.scope import Scope, organization_of, scope
from muster.tasks.clock import utc_now
from muster.tokens.bearers import Reach, Signed, signed
from muster.tokens.usage import Tally, Usage

_tally = Tally()
EVERYWHERE = frozenset({Reach.ACCOUNT})
IN_ORGANIZATION = frozenset({Reach.ACCOUNT, Reach.ORGANIZATION})
EXPORTING = frozenset({Reach.ACCOUNT, Reach.ORGANIZATION, Reach.EXPORT})


@dataclass(frozen=True, slots=True)
class Access:
    """Who asks, and when."""

    signed: Signed
    now: datetime


@dataclass(frozen=True, slots=True)
class OrganizationAccess(Access):
    """Who asks, when, and in which organization."""

    scope: Scope


class AccountRequest(HttpRequest):
    """A request to operations of the whole installation. Only for types."""

    auth: Access


class OrganizationRequest(HttpRequest):
    """A request to operations of one organization. Only for types."""

    auth: OrganizationAccess


class AccountBearer(HttpBearer):
    """Lets in who may see all organizations."""

    def authenticate(self, request: HttpRequest, token: str) -> Access:
        """Return who asks. Raises Problem if the token is of another kind, or none."""
        return Access(_let_in(request, token, EVERYWHERE), utc_now())


class OrganizationBearer(HttpBearer):
    """Lets in who may see one organization, which `_oid` names where a token sees several."""

    def __init__(self, reaches: Iterable[Reach] = IN_ORGANIZATION) -> None:
        """Take the kinds of tokens that open these doors."""
        super().__init__()
        self._reaches = frozenset(reaches)

    def authenticate(self, request: HttpRequest, token: str) -> OrganizationAccess:
        """Return who asks and where. Raises Problem if they may not, or do not say where."""
        who = _let_in(request, token, self._reaches)
        return OrganizationAccess(who, utc_now(), scope_of(who, request.GET.get("_oid", "")))


class ImportBearer(OrganizationBearer):
    """Lets in whoever may push into the organization that the path names."""

    def authenticate(self, request: HttpRequest, token: str) -> OrganizationAccess:
        """Return who asks and where. Raises Problem if they may not."""
        who = _let_in(request, token, IN_ORGANIZATION)
        match = request.resolver_match
        wanted = str(match.kwargs.get("org_id", "")) if match else ""
        return OrganizationAccess(who, utc_now(), scope_of(who, wanted))


def scope_of(who: Signed, wanted: str) -> Scope:
    """Return the scope of the organization of that id; of a token's own where it has one.

    Raises Problem where there is none such, or none is named and it is not clear which.
    """
    uid = _uid(wanted) if wanted else None
    organization = _organization(who, uid)
    if organization is None:
        raise Problem(404, f"there is no organization {wanted[:60]} for this token")
    return scope(who.principal, organization)


def _organization(who: Signed, uid: UUID | None) -> Organization | None:
    if who.row.organization is not None:
        own = who.row.organization
        return own if uid in {None, own.uid} else None
    if uid is not None:
        return organization_of(uid)
    only = organization_of(None)
    if only is None:
        raise Problem(400, "name the organization with _oid: this token sees several")
    return only


def _uid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Problem(400, "_oid is the id of an organization, a UUID") from error


def _let_in(request: HttpRequest, token: str, reaches: frozenset[Reach]) -> Signed:
    who = signed(token, now=utc_now())
    if who is None or who.reach not in reaches:
        known = "it does not hold" if who is None else f"one of the kind '{who.reach}' does not"
        raise Problem(
            401, f"this needs another token: {known} here", headers={"WWW-Authenticate": "Bearer"}
        )
    usage = _count(request, who)
    request.api_usage = usage  # type: ignore[attr-defined]  # read by the middleware
    if usage.is_spent:
        raise Problem(
            429,
            f"this token may ask {usage.limit:,} times a day, and has",
            headers={"Retry-After": "3600"},
        )
    return who


def _count(request: HttpRequest, who: Signed) -> Usage:
    return _tally.count(
        who.row,
        at=utc_now(),
        ip=request.META.get("REMOTE_ADDR", "") or "",
        agent=request.headers.get("User-Agent", ""),
        limit=settings.API_REQUESTS_PER_DAY,
    )
