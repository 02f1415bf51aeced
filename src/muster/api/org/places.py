"""The organization itself, its token, its sites, and figures of it."""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from ninja import Router

from muster.api import answers
from muster.api.access import OrganizationRequest
from muster.api.answers import answer, nothing, stream
from muster.api.export.inventories import FAULTS, Answer, Search
from muster.api.export.tables import csv_lines
from muster.api.problems import Problem
from muster.api.rendering.accounts import key_document
from muster.api.schemas import bodies
from muster.api.schemas.accounts import Key, Organization
from muster.api.schemas.inventory import Site
from muster.api.telling import (
    named_site,
    only_text,
    organization_told,
    site_documents,
    site_told,
)
from muster.inventory import retention
from muster.organizations.editing import SiteChange, edit_organization, edit_site
from muster.organizations.scope import Scope
from muster.organizations.services import create_site
from muster.search import facets
from muster.tasks.services.leaving import remove_site
from muster.tokens.models import Token
from muster.tokens.services import remove_token, rotate_token

router = Router(tags=["organization"])

_RETENTION = (
    *("expiration_assets_stale", "expiration_assets_offline", "expiration_integration_attributes"),
    *("expiration_scans", "keep_latest_integration_attributes"),
)
_MOST_VALUES = 1000


@router.get("", response={200: Organization, **FAULTS}, summary="Get the organization")
def get_organization(request: OrganizationRequest) -> HttpResponse:
    """Get the organization that the token or `_oid` names."""
    return answer(organization_told(request.auth.scope))


@router.patch("", response={200: Organization, **FAULTS}, summary="Change the organization")
def patch_organization(request: OrganizationRequest, given: bodies.OrgOptions) -> HttpResponse:
    """Change the organization's name, description and retention."""
    change_organization(request.auth.scope, given, at=request.auth.now)
    return answer(organization_told(request.auth.scope))


def change_organization(own: Scope, given: bodies.OrgOptions, *, at: datetime) -> None:
    """Change what is given of an organization, all or nothing."""
    if given.parent_id is not None and given.parent_id.int:
        raise Problem(400, "organizations of Muster have no parents; leave parent_id out")
    told = only_text(given.dict())
    changes = {name: told[name] for name in _RETENTION if name in told}
    with transaction.atomic():
        edit_organization(
            own.principal, own.organization, name=given.name, description=given.description
        )
        if changes:
            retention.change(own, changes, at=at)


@router.get("/key", response={200: Key, **FAULTS}, summary="Get the token that asks")
def get_key(request: OrganizationRequest) -> HttpResponse:
    """Get the token of this request, without its secret."""
    return answer(key_document(_own(request), limit=settings.API_REQUESTS_PER_DAY))


@router.delete("/key", response={204: None, **FAULTS}, summary="Remove the token that asks")
def delete_key(request: OrganizationRequest) -> HttpResponse:
    """Remove the token of this request; it opens nothing any more."""
    remove_token(request.auth.signed.principal, _own(request), at=request.auth.now)
    return nothing()


@router.patch("/key/rotate", response={200: Key, **FAULTS}, summary="Renew the token that asks")
def rotate_key(request: OrganizationRequest) -> HttpResponse:
    """Give the token of this request another secret, which is shown once."""
    made = rotate_token(request.auth.signed.principal, _own(request), at=request.auth.now)
    return answer(key_document(made.token, secret=made.secret, limit=settings.API_REQUESTS_PER_DAY))


@router.get("/sites", response={200: list[Site], **FAULTS}, summary="List sites")
def list_sites(request: OrganizationRequest, search: Search = "") -> HttpResponse:
    """List the sites that a search matches."""
    return answer(site_documents(request.auth, search))


@router.put("/sites", response={200: Site, **FAULTS}, summary="Make a site")
def put_site(request: OrganizationRequest, given: bodies.SiteOptions) -> HttpResponse:
    """Make a site."""
    own = request.auth.scope
    with transaction.atomic():
        site = create_site(own, given.name or "", at=request.auth.now)
        edit_site(own, site, _change(given))
    return answer(site_told(own, site))


@router.get("/sites/{site_id}", response={200: Site, **FAULTS}, summary="Get a site")
def get_site(request: OrganizationRequest, site_id: str) -> HttpResponse:
    """Get one site."""
    own = request.auth.scope
    return answer(site_told(own, named_site(own, site_id)))


@router.patch("/sites/{site_id}", response={200: Site, **FAULTS}, summary="Change a site")
def patch_site(
    request: OrganizationRequest, site_id: str, given: bodies.SiteOptions
) -> HttpResponse:
    """Change one site."""
    own = request.auth.scope
    return answer(site_told(own, edit_site(own, named_site(own, site_id), _change(given))))


@router.delete("/sites/{site_id}", response={204: None, **FAULTS}, summary="Remove a site")
def delete_site(request: OrganizationRequest, site_id: str) -> HttpResponse:
    """Remove a site with its assets and tasks; the last one comes back empty."""
    own = request.auth.scope
    remove_site(own, named_site(own, site_id), at=request.auth.now)
    return nothing()


def _change(given: bodies.SiteOptions) -> SiteChange:
    return SiteChange(
        name=given.name,
        description=given.description,
        scope=given.scope,
        excludes=given.excludes,
        subnets=given.subnets,
    )


def _own(request: OrganizationRequest) -> Token:
    row = request.auth.signed.row
    if not isinstance(row, Token):
        raise Problem(400, "this request came with a client's token; renew the client instead")
    return row


def _counts(request: OrganizationRequest, inventory: str, by: str, search: str = "") -> Answer:
    found = facets(
        request.auth.scope, inventory, search, now=request.auth.now, by=by, most=_MOST_VALUES
    )
    rows: Iterator[dict[str, object]] = (
        {"name": each.value, "count": each.number} for each in found.values
    )
    return stream(csv_lines(rows, ["name", "count"]), answers.CSV, name=f"{by}.csv")


_FIGURES = {
    "/assets/type.csv": ("assets", "type", ""),
    "/assets/os.csv": ("assets", "os", ""),
    "/assets/hw.csv": ("assets", "hw", ""),
    "/assets/tags.csv": ("assets", "tag", ""),
    "/services/tcp.csv": ("services", "port", "transport:=tcp"),
    "/services/udp.csv": ("services", "port", "transport:=udp"),
    "/services/protocols.csv": ("services", "protocol", ""),
    "/services/products.csv": ("services", "product", ""),
}


def _mount(path: str, inventory: str, by: str, search: str) -> None:
    def figures(request: OrganizationRequest) -> Answer:
        return _counts(request, inventory, by, search)

    router.add_api_operation(
        path,
        ["GET"],
        figures,
        summary=f"Count {inventory} by {by}{' of ' + search[-3:] if search else ''} as CSV",
        operation_id=f"count_{path.strip('/').replace('/', '_').replace('.', '_')}",
        response={200: None, **FAULTS},
    )


for _path, _asked in _FIGURES.items():
    _mount(_path, *_asked)
