"""What people decide about one asset: merge, split, take a source off, move, remove, and undo."""

from collections.abc import Callable
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse

from muster.console.going_back import came_from
from muster.console.needs import Need
from muster.console.pages import found, go_to, page, send
from muster.console.requests import PageRequest
from muster.console.toasts import toast
from muster.console.views.inventory.assets import asset_path
from muster.console.views.inventory.owning import way_to_own
from muster.console.views.inventory.refusing import refused
from muster.core.errors import ConfigError
from muster.inventory import decisions
from muster.inventory.annotating import (
    Author,
    Change,
    annotate,
    commenting,
    owning,
    rating,
    tagging,
)
from muster.inventory.models import Asset
from muster.inventory.removing import remove_assets
from muster.inventory.selectors.asset_names import find_asset
from muster.organizations.editing import site_of


@page(Need.CHANGE_INVENTORY, methods=("POST",))
def merge(request: PageRequest, asset: UUID) -> HttpResponse:
    """Make one asset of this and another, named by its name or id."""
    row = _asset(request, asset)

    def decide() -> UUID:
        other = find_asset(request.asker.scope, request.POST.get("other", ""))
        return decisions.merge_assets(
            request.asker.scope, [row.uid, other.uid], at=request.asker.at, note=_note(request)
        )

    return _decided(request, row, decide, "The two are one asset now.")


@page(Need.CHANGE_INVENTORY, methods=("POST",))
def split(request: PageRequest, asset: UUID) -> HttpResponse:
    """Give one record of the asset an asset of its own."""
    row = _asset(request, asset)

    def decide() -> UUID:
        return decisions.split_record(
            request.asker.scope,
            row.uid,
            source=request.POST.get("source", ""),
            foreign_id=request.POST.get("record", ""),
            at=request.asker.at,
            note=_note(request),
        )

    return _decided(request, row, decide, "The record has an asset of its own now.")


@page(Need.CHANGE_INVENTORY, methods=("POST",))
def remove_source(request: PageRequest, asset: UUID) -> HttpResponse:
    """Take all records of one source off the asset."""
    row = _asset(request, asset)
    source = request.POST.get("source", "")

    def decide() -> UUID:
        return decisions.remove_source(
            request.asker.scope, row.uid, source=source, at=request.asker.at, note=_note(request)
        )

    return _decided(request, row, decide, f"The source {source[:60]} is taken off.")


@page(Need.CHANGE_INVENTORY, methods=("POST",))
def move(request: PageRequest, asset: UUID) -> HttpResponse:
    """Bring the asset to another site, where it may meet its like and merge."""
    row, asker = _asset(request, asset), request.asker
    try:
        site = site_of(asker.scope, UUID(request.POST.get("site", "")))
    except ValueError:
        site = None
    if site is None:
        return refused(request, ConfigError("there is no such site", hint="Take one of the list."))
    decisions.move_asset(asker.scope, row.uid, site=site, at=asker.at)
    toast(request, f"{row.name or 'The asset'} is in {site.name} now.")
    return send(request, asset_path(row.uid))


@page(Need.CHANGE_INVENTORY, methods=("POST",))
def remove(request: PageRequest, asset: UUID) -> HttpResponse:
    """Remove the asset with all that is said of it."""
    row = _asset(request, asset)
    remove_assets(request.asker.scope, [row.uid], at=request.asker.at)
    toast(request, f"{row.name or 'The asset'} is removed.")
    return go_to(request, "inventory")


@page(Need.CHANGE_INVENTORY, methods=("POST",))
def undo(request: PageRequest, decision: UUID) -> HttpResponse:
    """Take back what was decided at once."""
    asker = request.asker
    found(lambda: decisions.undo(asker.scope, decision, at=asker.at))
    toast(request, "It is undone: the records are put together as if it had never been.")
    return send(request, came_from(request, otherwise=reverse("inventory")))


@page(Need.ANNOTATE, methods=("POST",))
def say(request: PageRequest, asset: UUID) -> HttpResponse:
    """Change what people say of the asset: its tags, comments, criticality or owner."""
    row, asker = _asset(request, asset), request.asker
    author = Author(asker.scope, asker.at)
    try:
        annotate(author, [row.uid], _change(request, author))
    except ConfigError as error:
        return refused(request, error)
    toast(request, "Saved.")
    return send(request, asset_path(row.uid))


def _change(request: PageRequest, author: Author) -> Change:
    given = request.POST
    match given.get("what", ""):
        case "tags":
            return tagging(author, given.get("tags", ""))
        case "comments":
            return commenting(author, given.get("comments", ""))
        case "criticality":
            return rating(author, given.get("criticality", ""))
        case "owner":
            way = way_to_own(request, given.get("kind", ""))
            return owning(author, [(way, given.get("owner", ""))])
    raise ConfigError("nothing is said", hint="Say tags, comments, a criticality or an owner.")


def _asset(request: PageRequest, uid: UUID) -> Asset:
    return found(lambda: find_asset(request.asker.scope, str(uid)))


def _note(request: PageRequest) -> str:
    return request.POST.get("note", "").strip()


def _decided(
    request: PageRequest, row: Asset, decide: Callable[[], UUID], said: str
) -> HttpResponse:
    try:
        act = decide()
    except ConfigError as error:
        return refused(request, error)
    toast(request, said, undo=reverse("decision-undo", kwargs={"decision": act}))
    return send(request, asset_path(row.uid))
