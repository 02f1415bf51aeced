"""Custom integrations as one organization sees them: read, pushed one asset, taken off assets."""

from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router, Schema

from muster.api.access import OrganizationRequest
from muster.api.answers import answer, nothing
from muster.api.export.inventories import FAULTS
from muster.api.integrations import named_integration
from muster.api.org.assets import existing
from muster.api.rendering.accounts import integration_document
from muster.api.schemas import bodies
from muster.api.schemas.accounts import CustomIntegration
from muster.api.telling import named_site, uid_of
from muster.custom.attributes import set_attributes, set_attributes_found
from muster.custom.pushing import push_one
from muster.custom.services import integrations, remove_from_assets
from muster.imports.custom_assets import direct

router = Router(tags=["organization"])


class DirectAsset(Schema):
    """One asset, as the SDK gives it without an import."""

    id: str
    macs: list[str] | None = None
    addresses: list[str] | None = None
    addresses_extra: list[str] | None = None
    hostnames: list[str] | None = None
    domains: list[str] | None = None
    first_seen: int | None = None
    os: str | None = None
    os_vendor: str | None = None
    os_version: str | None = None
    hw: str | None = None
    hw_vendor: str | None = None
    tags: str | None = None
    device_type: str | None = None
    custom_attributes: dict[str, str] | None = None


class DirectPush(Schema):
    """One asset to be made."""

    asset: DirectAsset


class Made(Schema):
    """Which asset it became."""

    asset_id: str


Site = Annotated[str, Query(max_length=60, description="The id of a site.")]
SearchIn = Annotated[str, Query(max_length=8192, description="Which assets.")]
Limit = Annotated[int, Query(ge=0, le=1_000_000, description="At most so many; 0 for all.")]


@router.get(
    "/custom-integrations",
    response={200: list[CustomIntegration], **FAULTS},
    summary="List custom integrations for the organization",
)
def list_integrations(request: OrganizationRequest) -> HttpResponse:
    """List all of them: they hold in every organization."""
    return answer([integration_document(each) for each in integrations()])


@router.get(
    "/custom-integrations/{integration_id}",
    response={200: CustomIntegration, **FAULTS},
    summary="Get a custom integration for the organization",
)
def get_integration(request: OrganizationRequest, integration_id: str) -> HttpResponse:
    """Get one custom integration."""
    return answer(integration_document(named_integration(integration_id)))


@router.post(
    "/custom-integrations/{integration_id}/asset",
    response={200: Made, **FAULTS},
    summary="Push one asset",
)
def push_asset(
    request: OrganizationRequest, integration_id: str, given: DirectPush, site: Site = ""
) -> HttpResponse:
    """Push one asset at once, without a task; it is correlated as any other."""
    access = request.auth
    row = named_integration(integration_id)
    place = named_site(access.scope, site) if site else access.scope.site()
    asset = push_one(
        access.scope,
        row,
        lambda name: direct(given.asset.dict(), source=name),
        site=place,
        at=access.now,
    )
    return answer({"asset_id": str(asset)})


@router.patch(
    "/custom-integrations/{integration_id}/attributes",
    response={200: bodies.Updated, **FAULTS},
    summary="Set attributes of what a query matches",
)
def set_many(
    request: OrganizationRequest,
    integration_id: str,
    given: bodies.Attributes,
    *,
    search: SearchIn = "",
    site: Site = "",
    limit: Limit = 0,
) -> HttpResponse:
    """Set what an integration says of all assets that a query matches."""
    access = request.auth
    place = named_site(access.scope, site) if site else None
    number = set_attributes_found(
        access.scope,
        named_integration(integration_id),
        given.attributes,
        search=search,
        site=place,
        most=limit or None,
        at=access.now,
    )
    return answer({"updated": number})


@router.patch(
    "/assets/{asset_id}/custom-integrations/{integration_id}/attributes",
    response={200: bodies.Updated, **FAULTS},
    summary="Set attributes of one asset",
)
def set_one(
    request: OrganizationRequest, asset_id: str, integration_id: str, given: bodies.Attributes
) -> HttpResponse:
    """Set what an integration says of one asset; an empty value goes."""
    access = request.auth
    row = named_integration(integration_id)
    uids = [existing(access, asset_id)]
    number = set_attributes(access.scope, row, uids, given.attributes, at=access.now)
    return answer({"updated": number})


@router.delete(
    "/assets/{asset_id}/custom-integrations/{integration_id}/remove",
    response={204: None, **FAULTS},
    summary="Take a custom integration off an asset",
)
def remove_one(request: OrganizationRequest, asset_id: str, integration_id: str) -> HttpResponse:
    """Take what an integration says off one asset, until it is pushed again."""
    access = request.auth
    row = named_integration(integration_id)
    remove_from_assets(access.scope, row, [existing(access, asset_id)], at=access.now)
    return nothing()


@router.post(
    "/custom-integrations/{integration_id}/bulk/remove",
    response={204: None, **FAULTS},
    summary="Take a custom integration off assets",
)
def remove_many(
    request: OrganizationRequest, integration_id: str, given: bodies.AssetIDs
) -> HttpResponse:
    """Take what an integration says off several assets, until it is pushed again."""
    access = request.auth
    wanted: list[UUID] = [uid_of(each, "asset") for each in given.asset_ids]
    remove_from_assets(access.scope, named_integration(integration_id), wanted, at=access.now)
    return nothing()
