"""Many assets at once: annotated by a query, merged, removed. Mounted before single assets."""

from django.http import HttpResponse
from ninja import Router

from muster.api.access import OrganizationRequest
from muster.api.answers import answer, nothing
from muster.api.export.inventories import FAULTS
from muster.api.problems import Problem
from muster.api.schemas import bodies
from muster.inventory import decisions
from muster.inventory.annotating import (
    Author,
    Change,
    annotate_found,
    clearing,
    owning,
    rating,
    tagging,
)
from muster.inventory.models import AnnotationKind
from muster.inventory.removing import remove_assets

router = Router(tags=["organization"])
_DONE = {200: bodies.Status, **FAULTS}


@router.patch("/assets/bulk/tags", response=_DONE, summary="Tag what a query matches")
def set_tags(request: OrganizationRequest, given: bodies.TagsWithSearch) -> HttpResponse:
    """Add, change and take away tags of many assets."""
    return _done(request, given.search, tagging(_author(request), given.tags))


@router.post("/assets/bulk/clearTags", response=_DONE, summary="Clear tags of what a query matches")
def clear_tags(request: OrganizationRequest, given: bodies.SearchQuery) -> HttpResponse:
    """Take all tags that people set off many assets."""
    return _done(request, given.search, clearing(AnnotationKind.TAG))


@router.patch("/assets/bulk/criticality", response=_DONE, summary="Rate what a query matches")
def set_criticality(
    request: OrganizationRequest, given: bodies.CriticalityWithSearch
) -> HttpResponse:
    """Say how critical many assets are."""
    return _done(request, given.search, rating(_author(request), str(given.criticality)))


@router.patch("/assets/bulk/owners", response=_DONE, summary="Own what a query matches")
def set_owners(request: OrganizationRequest, given: bodies.OwnershipsWithSearch) -> HttpResponse:
    """Name the owners of many assets."""
    owners = [(each.ownership_type_id, each.owner or "") for each in given.ownerships]
    return _done(request, given.search, owning(_author(request), owners))


@router.post(
    "/assets/bulk/clearOwners", response=_DONE, summary="Clear owners of what a query matches"
)
def clear_owners(request: OrganizationRequest, given: bodies.SearchQuery) -> HttpResponse:
    """Take all owners that people named off many assets."""
    return _done(request, given.search, clearing(AnnotationKind.OWNER))


@router.post("/assets/bulk/delete", response={204: None, **FAULTS}, summary="Remove assets")
def delete_assets(request: OrganizationRequest, given: bodies.AssetIDs) -> HttpResponse:
    """Remove several assets, all or none."""
    remove_assets(request.auth.scope, given.asset_ids, at=request.auth.now)
    return nothing()


@router.patch("/assets/merge", response={200: bodies.Status, **FAULTS}, summary="Merge assets")
def merge(request: OrganizationRequest, given: bodies.AssetIDs) -> HttpResponse:
    """Make one asset of several, for good; `muster` operations tell why and undo it."""
    decisions.merge_assets(request.auth.scope, given.asset_ids, at=request.auth.now)
    return answer({"status": "merged", "updated_asset_count": len(set(given.asset_ids))})


def _author(request: OrganizationRequest) -> Author:
    return Author(request.auth.scope, request.auth.now)


def _done(request: OrganizationRequest, search: str, change: Change) -> HttpResponse:
    if not search.strip():
        # A slip in a script would otherwise change everything.
        raise Problem(400, "the search is empty; to mean every asset, search for first_seen:>0")
    changed = annotate_found(_author(request), search, change, now=request.auth.now)
    return answer({"status": "ok", "updated_asset_count": changed})
