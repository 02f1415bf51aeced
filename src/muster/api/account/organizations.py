"""Organizations, their export tokens, and all sites."""

from django.db import transaction
from django.http import HttpResponse
from ninja import Router

from muster.api.access import AccountRequest
from muster.api.answers import answer, nothing
from muster.api.export.inventories import FAULTS, Search
from muster.api.org.places import change_organization
from muster.api.problems import not_found
from muster.api.rendering.accounts import export_token_document
from muster.api.schemas import bodies
from muster.api.schemas.accounts import ExportToken, ExportTokenOptions, Organization
from muster.api.schemas.inventory import Site
from muster.api.telling import (
    named_organization,
    organization_documents,
    organization_told,
    scopes,
    site_documents,
    uid_of,
    within,
)
from muster.organizations.scope import Scope, scope
from muster.organizations.services import create_organization
from muster.tasks.services.leaving import remove_organization
from muster.tokens.models import Kind, Token
from muster.tokens.selectors import tokens_of
from muster.tokens.services import create_token, remove_token, rotate_token

router = Router(tags=["account"])
_ONE = {200: Organization, **FAULTS}


@router.get("/orgs", response={200: list[Organization], **FAULTS}, summary="List organizations")
def list_organizations(request: AccountRequest, search: Search = "") -> HttpResponse:
    """List organizations; a search is part of a name or description."""
    wanted = search.strip().casefold()
    found = organization_documents(request.auth)
    return answer(
        [e for e in found if wanted in f"{e['name']}\n{e['description']}\n{e['id']}".casefold()]
    )


@router.put("/orgs", response=_ONE, summary="Make an organization")
def put_organization(request: AccountRequest, given: bodies.OrgOptions) -> HttpResponse:
    """Make an organization with a site named Primary."""
    access = request.auth
    with transaction.atomic():
        made = create_organization(given.name or "", at=access.now)
        own = scope(access.signed.principal, made)
        change_organization(own, given, at=access.now)
    return answer(organization_told(own))


@router.get("/orgs/{org_id}", response=_ONE, summary="Get an organization")
def get_organization(request: AccountRequest, org_id: str) -> HttpResponse:
    """Get one organization."""
    return answer(organization_told(named_organization(request.auth, org_id)))


@router.patch("/orgs/{org_id}", response=_ONE, summary="Change an organization")
def patch_organization(
    request: AccountRequest, org_id: str, given: bodies.OrgOptions
) -> HttpResponse:
    """Change one organization."""
    own = named_organization(request.auth, org_id)
    change_organization(own, given, at=request.auth.now)
    return answer(organization_told(own))


@router.delete("/orgs/{org_id}", response={204: None, **FAULTS}, summary="Remove an organization")
def delete_organization(request: AccountRequest, org_id: str) -> HttpResponse:
    """Remove an organization with all that is in it."""
    own = named_organization(request.auth, org_id)
    remove_organization(own.principal, own, at=request.auth.now)
    return nothing()


@router.get("/sites", response={200: list[Site], **FAULTS}, summary="List all sites")
def list_sites(request: AccountRequest, search: Search = "") -> HttpResponse:
    """List the sites of all organizations that a search matches."""
    access = request.auth
    found = [site_documents(within(access, each), search) for each in scopes(access)]
    return answer([site for each in found for site in each])


@router.get(
    "/orgs/{org_id}/exportTokens",
    response={200: list[ExportToken], **FAULTS},
    summary="List export tokens",
)
def list_tokens(request: AccountRequest, org_id: str) -> HttpResponse:
    """List the export tokens of an organization, without their secrets."""
    own = named_organization(request.auth, org_id)
    return answer([export_token_document(each) for each in _tokens(own)])


@router.post(
    "/orgs/{org_id}/exportTokens",
    response={200: ExportToken, **FAULTS},
    summary="Make an export token",
)
def post_token(request: AccountRequest, org_id: str, given: ExportTokenOptions) -> HttpResponse:
    """Make an export token, which is shown once."""
    access = request.auth
    own = named_organization(access, org_id)
    made = create_token(
        access.signed.principal,
        Kind.EXPORT,
        organization=own.organization,
        at=access.now,
        comment=given.comment or "",
    )
    return answer(export_token_document(made.token, secret=made.secret))


@router.get(
    "/orgs/{org_id}/exportTokens/{key_id}",
    response={200: ExportToken, **FAULTS},
    summary="Get an export token",
)
def get_token(request: AccountRequest, org_id: str, key_id: str) -> HttpResponse:
    """Get one export token, without its secret."""
    own = named_organization(request.auth, org_id)
    return answer(export_token_document(_token(own, key_id)))


@router.delete(
    "/orgs/{org_id}/exportTokens/{key_id}",
    response={204: None, **FAULTS},
    summary="Remove an export token",
)
def delete_token(request: AccountRequest, org_id: str, key_id: str) -> HttpResponse:
    """Remove one export token; it opens nothing any more."""
    own = named_organization(request.auth, org_id)
    remove_token(own.principal, _token(own, key_id), at=request.auth.now)
    return nothing()


@router.patch(
    "/orgs/{org_id}/exportTokens/{key_id}/rotate",
    response={200: ExportToken, **FAULTS},
    summary="Renew an export token",
)
def renew_token(request: AccountRequest, org_id: str, key_id: str) -> HttpResponse:
    """Give one export token another secret, which is shown once."""
    own = named_organization(request.auth, org_id)
    made = rotate_token(own.principal, _token(own, key_id), at=request.auth.now)
    return answer(export_token_document(made.token, secret=made.secret))


@router.delete(
    "/orgs/{org_id}/exportToken",
    response={204: None, **FAULTS},
    summary="Remove all export tokens",
)
def delete_tokens(request: AccountRequest, org_id: str) -> HttpResponse:
    """Remove every export token of an organization."""
    own = named_organization(request.auth, org_id)
    for each in _tokens(own):
        remove_token(own.principal, each, at=request.auth.now)
    return nothing()


@router.patch(
    "/orgs/{org_id}/exportToken/rotate",
    response={200: ExportToken, **FAULTS},
    summary="Renew the latest export token",
)
def renew_latest(request: AccountRequest, org_id: str) -> HttpResponse:
    """Give the latest export token another secret, or make the first one."""
    own, access = named_organization(request.auth, org_id), request.auth
    latest = next(iter(_tokens(own)), None)
    made = (
        rotate_token(own.principal, latest, at=access.now)
        if latest is not None
        else create_token(own.principal, Kind.EXPORT, organization=own.organization, at=access.now)
    )
    return answer(export_token_document(made.token, secret=made.secret))


def _tokens(own: Scope) -> list[Token]:
    return tokens_of(own.organization, [Kind.EXPORT])


def _token(own: Scope, reference: str) -> Token:
    uid = uid_of(reference, "export token")
    for each in _tokens(own):
        if each.uid == uid:
            return each
    raise not_found("export token", reference)
