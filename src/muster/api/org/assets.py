"""Assets and services: read, annotated, merged and removed."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Router

from muster.api.access import OrganizationAccess, OrganizationRequest
from muster.api.answers import answer, nothing
from muster.api.export import kinds
from muster.api.export.inventories import (
    FAULTS,
    Answer,
    Fields,
    PageSize,
    Search,
    StartKey,
    in_json,
)
from muster.api.export.kinds import KINDS
from muster.api.problems import not_found
from muster.api.schemas import bodies
from muster.api.schemas.inventory import Asset, AssetPage, Service, ServicePage
from muster.api.telling import uid_of
from muster.inventory import decisions
from muster.inventory.annotating import (
    Author,
    Change,
    annotate,
    clearing,
    commenting,
    owning,
    rating,
    tagging,
)
from muster.inventory.models import AnnotationKind
from muster.inventory.removing import remove_assets, remove_service
from muster.inventory.selectors import key_of, whole_assets, whole_services
from muster.query.values.sources import source_short_name

router = Router(tags=["organization"])

_READERS: dict[str, Any] = {"assets": whole_assets, "services": whole_services}
_list_assets, _list_services = in_json(KINDS["assets"]), in_json(KINDS["services"])


def thing(access: OrganizationAccess, inventory: str, reference: str) -> dict[str, Any]:
    """Return one thing of an inventory. Raises Problem if the organization has none such."""
    what = inventory.removesuffix("s")
    number = key_of(access.scope, inventory, uid_of(reference, what))
    if number is None:
        raise not_found(what, reference)
    found = _READERS[inventory](access.scope, [number])
    if not found:
        raise not_found(what, reference)
    return kinds.rendered(access, KINDS[inventory], found)[0]


def existing(access: OrganizationAccess, reference: str) -> UUID:
    """Return the id of an asset that is there. Raises Problem if it is not."""
    uid = uid_of(reference, "asset")
    if key_of(access.scope, "assets", uid) is None:
        raise not_found("asset", reference)
    return uid


@router.get("/assets", response={200: list[Asset] | AssetPage, **FAULTS}, summary="List assets")
def list_assets(
    request: OrganizationRequest,
    search: Search = "",
    fields: Fields = "",
    page_size: PageSize = None,
    start_key: StartKey = "",
) -> Answer:
    """List what a search matches, all of it or page by page."""
    return _list_assets(request, search, fields, page_size, start_key)


@router.get("/assets/{asset_id}", response={200: Asset, **FAULTS}, summary="Get an asset")
def get_asset(request: OrganizationRequest, asset_id: str) -> HttpResponse:
    """Get one asset with all that is known of it."""
    return answer(thing(request.auth, "assets", asset_id))


@router.delete("/assets/{asset_id}", response={204: None, **FAULTS}, summary="Remove an asset")
def delete_asset(request: OrganizationRequest, asset_id: str) -> HttpResponse:
    """Remove one asset; a source that still has it brings it back."""
    access = request.auth
    remove_assets(access.scope, [existing(access, asset_id)], at=access.now)
    return nothing()


@router.patch(
    "/assets/{asset_id}/comments", response={200: Asset, **FAULTS}, summary="Comment on an asset"
)
def set_comments(
    request: OrganizationRequest, asset_id: str, given: bodies.Comments
) -> HttpResponse:
    """Set the comments of an asset."""
    return _annotated(request.auth, asset_id, lambda by: commenting(by, given.comments))


@router.patch("/assets/{asset_id}/tags", response={200: Asset, **FAULTS}, summary="Tag an asset")
def set_tags(request: OrganizationRequest, asset_id: str, given: bodies.Tags) -> HttpResponse:
    """Add, change and take away tags of an asset."""
    if not given.tags.strip():
        return _annotated(request.auth, asset_id, lambda _by: clearing(AnnotationKind.TAG))
    return _annotated(request.auth, asset_id, lambda by: tagging(by, given.tags))


@router.patch(
    "/assets/{asset_id}/criticality", response={200: Asset, **FAULTS}, summary="Rate an asset"
)
def set_criticality(
    request: OrganizationRequest, asset_id: str, given: bodies.Criticality
) -> HttpResponse:
    """Say how critical an asset is."""
    return _annotated(request.auth, asset_id, lambda by: rating(by, str(given.criticality)))


@router.patch("/assets/{asset_id}/owners", response={200: Asset, **FAULTS}, summary="Own an asset")
def set_owners(
    request: OrganizationRequest, asset_id: str, given: bodies.Ownerships
) -> HttpResponse:
    """Name the owners of an asset."""
    owners = [(each.ownership_type_id, each.owner or "") for each in given.ownerships]
    return _annotated(request.auth, asset_id, lambda by: owning(by, owners))


@router.delete(
    "/assets/{asset_id}/sources/{source_id}/remove",
    response={204: None, **FAULTS},
    summary="Take a source off an asset",
)
def remove_source(request: OrganizationRequest, asset_id: str, source_id: int) -> HttpResponse:
    """Give what one source says an asset of its own, for good; it can be undone."""
    access = request.auth
    source = source_short_name(source_id)
    decisions.remove_source(access.scope, existing(access, asset_id), source=source, at=access.now)
    return nothing()


@router.get(
    "/services", response={200: list[Service] | ServicePage, **FAULTS}, summary="List services"
)
def list_services(
    request: OrganizationRequest,
    search: Search = "",
    fields: Fields = "",
    page_size: PageSize = None,
    start_key: StartKey = "",
) -> Answer:
    """List what a search matches, all of it or page by page."""
    return _list_services(request, search, fields, page_size, start_key)


@router.get("/services/{service_id}", response={200: Service, **FAULTS}, summary="Get a service")
def get_service(request: OrganizationRequest, service_id: str) -> HttpResponse:
    """Get one service with the asset it is open on."""
    return answer(thing(request.auth, "services", service_id))


@router.delete("/services/{service_id}", response={204: None, **FAULTS}, summary="Remove a service")
def delete_service(request: OrganizationRequest, service_id: str) -> HttpResponse:
    """Remove one service; a scan that finds it again brings it back."""
    access = request.auth
    uid = uid_of(service_id, "service")
    if key_of(access.scope, "services", uid) is None:
        raise not_found("service", service_id)
    remove_service(access.scope, uid, at=access.now)
    return nothing()


def _annotated(access: OrganizationAccess, reference: str, change: Any) -> HttpResponse:
    author = Author(access.scope, access.now)
    made: Change = change(author)
    annotate(author, [existing(access, reference)], made)
    return answer(thing(access, "assets", reference))
