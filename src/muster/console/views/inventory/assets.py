"""The page of one asset: what it is, what each source says of it and why, what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse

from muster.console.listing.looks import type_icon
from muster.console.needs import Need
from muster.console.pages import found, page, render, send
from muster.console.requests import PageRequest
from muster.console.views.inventory.owning import owner_fields
from muster.core.errors import ConfigError
from muster.inventory.models import Asset
from muster.inventory.selectors import (
    AssetDetail,
    DecidedAct,
    asset_detail,
    asset_history,
    attribute_values,
    decided_acts,
)
from muster.inventory.selectors.annotations import NOTHING, annotations_of
from muster.inventory.selectors.asset_names import find_asset
from muster.organizations.selectors import site_entries
from muster.query.catalogue.assets import CRITICALITIES

_NAMED = ("names", "macs", "domains", "tags")


@dataclass(frozen=True, slots=True)
class Tab:
    """One part of the page; `number` is how much there is of it, None where nobody counts."""

    name: str
    label: str
    number: int | None = None


@page(Need.READ)
def asset(request: PageRequest, asset: UUID) -> HttpResponse:
    """Show one asset; one that merged into another leads to that other."""
    scope = request.asker.scope
    row = found(lambda: find_asset(scope, str(asset)))
    if row.uid != asset:
        return send(request, asset_path(row.uid))
    detail = asset_detail(scope, str(row.uid))
    tabs = _tabs(detail)
    tab = request.GET.get("tab", "")
    chosen = next((each for each in tabs if each.name == tab), tabs[0])
    values = {"asset": row, "detail": detail, "tabs": tabs, "tab": chosen.name}
    values |= {"icon": type_icon(detail.fields), "path": asset_path(row.uid)}
    values |= _history(request, row) if chosen.name == "history" else _said(request, row, detail)
    return render(request, "pages/inventory/asset.html", values)


def asset_path(uid: UUID) -> str:
    """Return where the page of an asset is."""
    return reverse("asset", kwargs={"asset": uid})


def _tabs(detail: AssetDetail) -> list[Tab]:
    attributes = sum(len(each.attributes) for each in detail.records)
    return [
        Tab("", "Overview"),
        Tab("attributes", "Attributes", attributes),
        Tab("services", "Services", len(detail.services)),
        Tab("history", "History"),
    ]


def _said(request: PageRequest, row: Asset, detail: AssetDetail) -> dict[str, object]:
    """Return what sources and people say of the asset, and what may be done about it."""
    asker, scope = request.asker, request.asker.scope
    values = attribute_values(scope, [row.pk], _NAMED, inventory="assets").get(str(row.uid), {})
    return {
        "named": {name: _listed(values.get(name)) for name in _NAMED},
        "annotations": annotations_of(scope, [row.pk]).get(row.pk, NOTHING),
        "levels": CRITICALITIES,
        "acts": _acts(request, detail),
        "sites": [each.fields for each in site_entries(scope)],
        "owner_fields": owner_fields(request),
        "may_change": asker.role.may_change_inventory(),
        "may_annotate": asker.role.may_annotate(),
        "live": [each for each in detail.records if each.gone_at is None],
    }


def _listed(value: object) -> Sequence[object]:
    if value is None:
        return ()
    return value if isinstance(value, list | tuple) else (value,)


def _acts(request: PageRequest, detail: AssetDetail) -> list[DecidedAct]:
    """Return what people decided about the records of the asset, newest first."""
    own = {f"{each.source} {each.foreign_id}" for each in detail.records}
    return [each for each in decided_acts(request.asker.scope) if own & set(each.records)]


def _history(request: PageRequest, row: Asset) -> dict[str, object]:
    after = request.GET.get("after", "")
    try:
        history = asset_history(request.asker.scope, str(row.uid), after=after)
    except ConfigError as error:
        return {"problem": error}
    next_path = f"{asset_path(row.uid)}?tab=history&after={history.next_key}"
    return {"history": history, "next_path": next_path if history.next_key else ""}
