"""Setting single attributes that a custom integration says of assets that are there."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import islice
from uuid import UUID

from msgspec.structs import replace

from muster.core.errors import ConfigError
from muster.core.records import AssetRecord
from muster.custom.models import CustomIntegration
from muster.custom.pushing import check_may_push, push
from muster.custom.services import source_name
from muster.imports.custom_assets import KIND, LONGEST_NAME, LONGEST_VALUE, MOST_ATTRIBUTES
from muster.inventory.models import Asset, AssetSource
from muster.inventory.pinning import pin
from muster.inventory.search import ids
from muster.inventory.selectors import WholeAsset, whole_assets
from muster.organizations.models import Site
from muster.organizations.scope import Scope

_AT_ONCE = 500
_PREFIX = "asset:"


def set_attributes(
    scope: Scope,
    row: CustomIntegration,
    assets: Sequence[UUID],
    attributes: Mapping[str, str],
    *,
    at: datetime,
) -> int:
    """Set attributes of assets by name, and take those away that are empty; return of how many.

    An asset that the integration says nothing of gets a record of it, which is tied to it as if a
    person had merged the two. Raises ConfigError for what cannot be kept.
    """
    check_may_push(scope)
    _check(attributes)
    rows = Asset.objects.filter(organization=scope.organization, uid__in=assets)
    return _set(scope, row, list(rows.values_list("pk", flat=True)), attributes, at=at)


def set_attributes_found(
    scope: Scope,
    row: CustomIntegration,
    attributes: Mapping[str, str],
    *,
    search: str,
    site: Site | None,
    most: int | None,
    at: datetime,
) -> int:
    """Set attributes of all assets that a query matches, at most `most`; return of how many."""
    check_may_push(scope)
    _check(attributes)
    if not search.strip():
        raise ConfigError(
            "the search is empty", hint="To mean every asset, search for first_seen:>0."
        )
    asked = f"site:{site.uid} AND ({search})" if site is not None else search
    found, changed = list(islice(ids(scope, asked, now=at), most)), 0
    for start in range(0, len(found), _AT_ONCE):
        changed += _set(scope, row, found[start : start + _AT_ONCE], attributes, at=at)
    return changed


def _set(
    scope: Scope,
    row: CustomIntegration,
    assets: Sequence[int],
    attributes: Mapping[str, str],
    *,
    at: datetime,
) -> int:
    for asset in whole_assets(scope, assets):
        record, instance = _record(scope, row, asset, at=at)
        kept = {name: text for name, text in {**record.attributes, **attributes}.items() if text}
        pushed = replace(record, attributes=kept)
        push(scope, row, [pushed], site=asset.row.site, at=at, instance=instance)
        if asset.row.uid and not _has(asset, row):
            _tie(scope, row, asset, pushed, at=at)
    return len(assets)


def _record(
    scope: Scope, row: CustomIntegration, asset: WholeAsset, *, at: datetime
) -> tuple[AssetRecord, str]:
    """Return what the integration says of an asset so far, and in which of its worlds."""
    name = source_name(row)
    for stored in asset.records:
        if stored.record.source == name and stored.gone_at is None:
            held = AssetSource.objects.filter(organization=scope.organization, pk=stored.number)
            return stored.record, held.values_list("feed__instance", flat=True)[0]
    return AssetRecord(source=name, id=f"{_PREFIX}{asset.row.uid}", kind=KIND), ""


def _has(asset: WholeAsset, row: CustomIntegration) -> bool:
    return any(
        each.record.source == source_name(row) and each.gone_at is None for each in asset.records
    )


def _tie(
    scope: Scope, row: CustomIntegration, asset: WholeAsset, record: AssetRecord, *, at: datetime
) -> None:
    """Let the new record be of the asset: it has nothing by which it could match."""
    feed = (
        AssetSource.objects.filter(
            organization=scope.organization, feed__source=source_name(row), foreign_id=record.id
        )
        .values_list("feed_id", flat=True)
        .first()
    )
    if feed is not None and pin(scope, feed, record.id, to=asset.row.uid, at=at):
        again = replace(record, attributes={**record.attributes, "assetId": str(asset.row.uid)})
        push(scope, row, [again], site=asset.row.site, at=at)


def _check(attributes: Mapping[str, str]) -> None:
    if not attributes or len(attributes) > MOST_ATTRIBUTES:
        raise ConfigError(f"give 1 to {MOST_ATTRIBUTES} attributes")
    for name, text in attributes.items():
        if not name.strip() or len(name) > LONGEST_NAME or len(text) > LONGEST_VALUE:
            raise ConfigError(
                f"the attribute '{name[:40]}' cannot be kept",
                hint=f"A name has 1 to {LONGEST_NAME} characters, a value {LONGEST_VALUE:,}.",
            )
