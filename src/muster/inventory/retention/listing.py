"""What a plan would remove, so that a person can read it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from muster.inventory import engine
from muster.inventory.retention.planning import KINDS, Going, Plan
from muster.inventory.selectors.instants import instant
from muster.organizations.scope import Scope


@dataclass(frozen=True, slots=True)
class Listed:
    """One thing that goes.

    It is an `asset` with all its records, a `record` of one, a `user`, a `group`, a `run_log`, or
    the `raw_data` of a run.
    `id` is the id in Muster of the asset, user, group or run; "" for a record of no asset.
    `setting` is what lets it go. `source` and `foreign_id` are of the record, "" for an asset.
    """

    kind: str
    id: str
    name: str
    setting: str
    source: str
    foreign_id: str
    last_seen: datetime | None
    gone_at: datetime | None


def listed(scope: Scope, made: Plan) -> Iterator[Listed]:
    """Yield what a plan would remove, in its order and in bounded memory."""
    for batch in made.records.batches():
        yield from _assets(scope, [each for each in batch if each.is_whole])
        yield from _records(scope, [each for each in batch if not each.is_whole])
    for name in KINDS:
        for batch in made.of(name).batches():
            yield from _entries(scope, name, batch)


def _assets(scope: Scope, batch: Iterable[Going]) -> Iterator[Listed]:
    by_asset: dict[int, list[Going]] = {}
    for each in batch:
        by_asset.setdefault(each.asset, []).append(each)
    found = _by_id(
        "SELECT id, uid, name, last_seen FROM inventory_asset"
        f" WHERE organization_id = %s AND {engine.among('id')}",
        scope,
        by_asset,
    )
    for asset, going in by_asset.items():
        if asset in found:
            _, uid, name, last_seen = found[asset]
            gone = [each.gone_at for each in going]
            gone_at = max(gone) if all(gone) else None
            setting = min(each.reason for each in going).setting
            yield Listed(
                kind="asset",
                id=_uid(uid),
                name=name,
                setting=setting,
                source="",
                foreign_id="",
                last_seen=instant(last_seen),
                gone_at=instant(gone_at),
            )


def _records(scope: Scope, batch: Iterable[Going]) -> Iterator[Listed]:
    going = {each.number: each for each in batch}
    found = _by_id(
        "SELECT s.id, t.uid, t.name, f.source, s.foreign_id, s.last_seen, s.gone_at"
        " FROM inventory_assetsource s JOIN inventory_feed f ON f.id = s.feed_id"
        " LEFT JOIN inventory_asset t ON t.id = s.asset_id"
        f" WHERE {engine.unindexed('s.organization_id')} = %s AND {engine.among('s.id')}",
        scope,
        going,
    )
    for number, each in going.items():
        if number in found:
            yield _listed("record", each, found[number])


def _entries(scope: Scope, name: str, batch: Iterable[Going]) -> Iterator[Listed]:
    going = {each.number: each for each in batch}
    found = _by_id(
        "SELECT t.id, t.uid, t.display_name, f.source, t.foreign_id, t.last_seen, t.gone_at"
        f" FROM {KINDS[name].table} t JOIN inventory_feed f ON f.id = t.feed_id"
        f" WHERE {engine.unindexed('t.organization_id')} = %s AND {engine.among('t.id')}",
        scope,
        going,
    )
    for number, each in going.items():
        if number in found:
            yield _listed(name.removesuffix("s"), each, found[number])


def _by_id(sql: str, scope: Scope, numbers: Mapping[int, object]) -> dict[int, Any]:
    if not numbers:
        return {}
    found = engine.rows(sql, (scope.organization_id, engine.listed(numbers)))
    return {row[0]: row for row in found}


def _listed(kind: str, going: Going, row: Any) -> Listed:
    _, uid, name, source, foreign_id, last_seen, gone_at = row
    return Listed(
        kind=kind,
        id=_uid(uid),
        name=name or "",
        setting=going.reason.setting,
        source=source,
        foreign_id=foreign_id,
        last_seen=instant(last_seen),
        gone_at=instant(gone_at),
    )


def _uid(stored: object) -> str:
    """Return an id as it is written; SQLite keeps it without hyphens."""
    return str(UUID(str(stored))) if stored else ""
