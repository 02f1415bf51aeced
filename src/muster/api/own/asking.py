"""What a query means, why an asset is one, and what became of things."""

from dataclasses import asdict
from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Query, Router

from muster.api.access import OrganizationRequest
from muster.api.answers import answer
from muster.api.export.inventories import FAULTS, Search, StartKey
from muster.api.org.assets import existing
from muster.api.problems import not_found
from muster.api.telling import uid_of
from muster.inventory import decisions
from muster.inventory.selectors import (
    asset_detail,
    asset_history,
    decided_acts,
    group_history,
    key_of,
    user_history,
)
from muster.query import bind, parse
from muster.query.explaining import explained
from muster.search import count, facets

router = Router(tags=["muster"])

Inventory = Annotated[str, Query(max_length=30, description="assets, services, users, groups ...")]
By = Annotated[str, Query(max_length=300, description="A keyword or the name of an attribute.")]
Size = Annotated[int, Query(ge=1, le=500, description="So many at once.")]
Document = dict[str, Any]
_HISTORIES = {"assets": asset_history, "users": user_history, "groups": group_history}


@router.get("/query", response={200: Document, **FAULTS}, summary="Explain a query")
def explain_query(
    request: OrganizationRequest, search: Search = "", inventory: Inventory = "assets"
) -> HttpResponse:
    """Say how a query is read, term by term, and how much it matches, up to 10,000."""
    access = request.auth
    query = parse(search)
    bind(query, inventory=inventory, now=access.now)
    found = count(access.scope, inventory, search, now=access.now)
    told = explained(query, inventory=inventory)
    return answer({**told, "count": found.number, "count_is_capped": found.is_capped})


@router.get("/facets", response={200: Document, **FAULTS}, summary="Count by a keyword")
def count_by(
    request: OrganizationRequest,
    by: By = "os",
    search: Search = "",
    inventory: Inventory = "assets",
    most: Size = 20,
) -> HttpResponse:
    """Count what a query matches by the values of a keyword or an attribute."""
    access = request.auth
    found = facets(access.scope, inventory, search, now=access.now, by=by, most=most)
    return answer(asdict(found))


@router.get(
    "/assets/{asset_id}/match", response={200: Document, **FAULTS}, summary="Explain a match"
)
def explain_match(request: OrganizationRequest, asset_id: str) -> HttpResponse:
    """Say of each record why it is of this asset, and what came of all that it says of itself."""
    access = request.auth
    uid = existing(access, asset_id)
    detail = asset_detail(access.scope, str(uid))
    return answer({"asset": detail.fields, "records": [asdict(e) for e in detail.records]})


@router.get("/decisions", response={200: list[Document], **FAULTS}, summary="List decisions")
def list_decisions(request: OrganizationRequest) -> HttpResponse:
    """List what people decided of matches, the latest first."""
    return answer([asdict(each) for each in decided_acts(request.auth.scope)])


@router.post("/decisions/{act_id}/undo", response={204: None, **FAULTS}, summary="Undo a decision")
def undo_decision(request: OrganizationRequest, act_id: str) -> HttpResponse:
    """Take a merge, a split or a removed source back, as if it had never been."""
    access = request.auth
    decisions.undo(access.scope, uid_of(act_id, "decision"), at=access.now)
    return HttpResponse(status=204)


@router.get(
    "/{inventory}/{thing_id}/history",
    response={200: Document, **FAULTS},
    summary="Get what changed of a thing",
)
def history(
    request: OrganizationRequest,
    inventory: str,
    thing_id: str,
    size: Size = 50,
    start_key: StartKey = "",
) -> HttpResponse:
    """Get what changed of an asset, a directory user or a group, the latest first."""
    access = request.auth
    if inventory not in _HISTORIES:
        raise not_found("history of", inventory)
    uid = uid_of(thing_id, inventory.removesuffix("s"))
    if key_of(access.scope, inventory, uid) is None:
        raise not_found(inventory.removesuffix("s"), thing_id)
    found = _HISTORIES[inventory](access.scope, str(uid), size=size, after=start_key)
    return answer(asdict(found))
