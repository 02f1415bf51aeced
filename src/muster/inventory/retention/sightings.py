"""Reading when things were last seen, page by page."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from muster.inventory import engine
from muster.inventory.ingest.directory import Kind
from muster.inventory.retention.aging import Sighting
from muster.organizations.scope import Scope

PAGE = 1000

_COLUMNS = "id, feed_id, source_id, last_seen, gone_at, run_id"
_OF_ASSETS = f"{_COLUMNS}, asset_id, superseded_by IS NOT NULL"


@dataclass(frozen=True, slots=True)
class AssetSeen:
    """What was seen of one asset; None for a record that has none."""

    asset: int | None
    is_alive: bool
    sightings: list[Sighting]


def of_assets(scope: Scope, *, before: int | None) -> Iterator[AssetSeen]:
    """Yield all assets, the longest unseen first; only those last seen `before`, if given."""
    last = (-(2**62), 0)
    limit = "" if before is None else f" AND last_seen < {int(before)}"
    while page := engine.rows(
        "SELECT last_seen, id, is_alive FROM inventory_asset WHERE organization_id = %s"
        f" AND (last_seen, id) > (%s, %s){limit} ORDER BY last_seen, id LIMIT {PAGE}",
        (scope.organization_id, *last),
    ):
        last = (page[-1][0], page[-1][1])
        held = _by_asset(scope, [row[1] for row in page])
        yield from (AssetSeen(row[1], bool(row[2]), held[row[1]]) for row in page if row[1] in held)


def without_asset(scope: Scope) -> Iterator[AssetSeen]:
    """Yield the records that are excluded as unknown, each by itself."""
    last = 0
    while page := engine.rows(
        f"SELECT {_OF_ASSETS} FROM inventory_assetsource WHERE organization_id = %s"
        f" AND asset_id IS NULL AND id > %s ORDER BY id LIMIT {PAGE}",
        (scope.organization_id, last),
    ):
        last = page[-1][0]
        yield from (AssetSeen(None, is_alive=False, sightings=[Sighting(*row)]) for row in page)


def of_entries(scope: Scope, kind: Kind, *, before: int) -> Iterator[Sighting]:
    """Yield the directory users or groups that were last seen before an instant."""
    last = ("", 0)
    while page := engine.rows(
        f"SELECT {_COLUMNS}, foreign_id FROM {kind.table} WHERE organization_id = %s"
        f" AND (foreign_id, id) > (%s, %s) AND last_seen < %s ORDER BY foreign_id, id LIMIT {PAGE}",
        (scope.organization_id, *last, before),
    ):
        last = (page[-1][6], page[-1][0])
        yield from (Sighting(*row[:6]) for row in page)


def records(scope: Scope, numbers: Iterable[int]) -> list[AssetSeen]:
    """Return what was seen of the assets of some records, and of records without one."""
    wanted = engine.listed(numbers)
    found = [
        Sighting(*row)
        for row in engine.rows(
            f"SELECT {_OF_ASSETS} FROM inventory_assetsource"
            f" WHERE {engine.unindexed('organization_id')} = %s AND {engine.among('id')}",
            (scope.organization_id, wanted),
        )
    ]
    loose = [AssetSeen(None, is_alive=False, sightings=[each]) for each in found if not each.asset]
    held = _by_asset(scope, {each.asset for each in found if each.asset is not None})
    return loose + [AssetSeen(asset, False, sightings) for asset, sightings in held.items()]


def entries(scope: Scope, kind: Kind, numbers: Iterable[int]) -> list[Sighting]:
    """Return when some directory users or groups were last seen."""
    found = engine.rows(
        f"SELECT {_COLUMNS} FROM {kind.table}"
        f" WHERE {engine.unindexed('organization_id')} = %s AND {engine.among('id')}",
        (scope.organization_id, engine.listed(numbers)),
    )
    return [Sighting(*row) for row in found]


def _by_asset(scope: Scope, assets: Iterable[int]) -> dict[int, list[Sighting]]:
    found: dict[int, list[Sighting]] = {}
    for row in engine.rows(
        f"SELECT {_OF_ASSETS} FROM inventory_assetsource"
        f" WHERE {engine.unindexed('organization_id')} = %s AND {engine.among('asset_id')}"
        " ORDER BY id",
        (scope.organization_id, engine.listed(assets)),
    ):
        found.setdefault(row[6], []).append(Sighting(*row))
    return found
