"""One asset whole: what it is, what each source says of it and why, and who stands behind it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec

from muster.core import ndjson
from muster.core.records import ServiceRecord
from muster.inventory import engine, schema
from muster.inventory.attributes import attribute_prefix
from muster.inventory.models import Asset
from muster.inventory.selectors.asset_names import find_asset
from muster.inventory.selectors.explaining import Explanation, KeyDetail, explanations
from muster.inventory.selectors.history import HistoryEntry, asset_history
from muster.inventory.selectors.instants import instant
from muster.inventory.selectors.pages import Fields, asset_rows
from muster.inventory.selectors.records import StoredRecord, records_of
from muster.inventory.selectors.source_names import source_name
from muster.organizations.scope import Scope

_LAST_CHANGES = 5


@dataclass(frozen=True, slots=True)
class RecordDetail:
    """What one source says.

    `reason` is a sentence: why this record is of this asset, by `match_rule` and `match_key`
    since `matched_at`. `superseded_by` is the id of the newer record of a device that was set up
    anew, else "". `keys` are what it says of its identity, and what came of each. `gone_at` is
    since when its source has it no more; `is_deselected` that it was first not seen when the
    settings of its task had changed, so that it may be there still. `unsynced_since` is since when
    nobody reads the world that it is from.
    """

    source: str
    foreign_id: str
    reason: str
    match_rule: str
    match_key: str
    superseded_by: str
    keys: list[KeyDetail]
    matched_at: datetime | None
    first_seen: datetime | None
    last_seen: datetime | None
    gone_at: datetime | None
    is_deselected: bool
    unsynced_since: datetime | None
    attributes: dict[str, str]


@dataclass(frozen=True, slots=True)
class Person:
    """A directory user behind an asset; `relation` is `owner` or `user`, `id` is ours."""

    relation: str
    user_id: str
    name: str
    display_name: str
    department: str
    id: str


@dataclass(frozen=True, slots=True)
class AssetDetail:
    """One asset with everything known of it, and what of it changed last."""

    fields: Fields
    records: list[RecordDetail]
    services: list[Fields]
    people: list[Person]
    history: list[HistoryEntry]


def asset_detail(scope: Scope, reference: str) -> AssetDetail:
    """Return the asset with that id or name.

    Raises ConfigError if there is none, or if several have that name: it then lists their ids.
    """
    asset = find_asset(scope, reference)
    records = records_of(scope, [asset.pk])
    why = explanations(scope, asset.pk)
    return AssetDetail(
        fields=asset_rows(scope, [asset.pk])[0],
        records=[_detail(each, why[each.number]) for each in records],
        services=_services(scope, asset),
        people=_people(scope, [each.record.id for each in records]),
        history=asset_history(scope, str(asset.uid), size=_LAST_CHANGES).entries,
    )


def _detail(stored: StoredRecord, why: Explanation) -> RecordDetail:
    prefix = attribute_prefix(stored.record.source, stored.record.kind)
    attributes = {prefix + name: value for name, value in stored.record.attributes.items()}
    if prefix:
        attributes[f"{prefix}match.criteria"] = stored.match_rule
        attributes[f"{prefix}ts"] = str(stored.last_seen)
        if stored.superseded_by is not None:
            attributes[f"{prefix}match.superseded"] = "true"
        if stored.gone_at is not None:
            attributes[f"{prefix}goneTS"] = str(stored.gone_at)
    return RecordDetail(
        source=source_name(stored.source_id),
        foreign_id=stored.record.id,
        reason=why.reason,
        match_rule=why.rule,
        match_key=why.key,
        superseded_by=why.superseded_by,
        keys=why.keys,
        matched_at=instant(stored.matched_at),
        first_seen=instant(stored.first_seen),
        last_seen=instant(stored.last_seen),
        gone_at=instant(stored.gone_at),
        is_deselected=stored.gone_at is not None and stored.is_deselected,
        unsynced_since=instant(stored.left_at),
        attributes=dict(sorted(attributes.items())),
    )


def _services(scope: Scope, asset: Asset) -> list[Fields]:
    found = engine.rows(
        "SELECT r.body FROM inventory_service v JOIN service_record r ON r.id = v.id"
        " WHERE v.organization_id = %s AND v.asset_id = %s"
        " ORDER BY v.port, v.transport, v.address, v.id",
        (scope.organization_id, asset.pk),
    )
    decoded = (ndjson.decode(bytes(row[0])) for row in found)
    return [
        {name: value for name, value in msgspec.to_builtins(each).items() if name != "type"}
        for each in decoded
        if isinstance(each, ServiceRecord)
    ]


def _people(scope: Scope, foreign_ids: list[str]) -> list[Person]:
    relations = {number: name for name, number in schema.RELATIONS.items()}
    found = engine.rows(
        "SELECT DISTINCT o.relation, u.foreign_id, u.name, u.display_name, u.department, u.uid"
        " FROM ownership o JOIN inventory_directoryuser u"
        " ON u.organization_id = o.organization_id AND u.foreign_id = o.owner_ref"
        f" WHERE o.organization_id = %s AND o.subject_kind = %s AND {engine.among('o.subject_ref')}"
        " ORDER BY o.relation, u.display_name, u.foreign_id",
        (scope.organization_id, schema.SUBJECT_KINDS["asset"], engine.listed(foreign_ids)),
    )
    return [
        Person(relations[relation], foreign_id, name, shown, department, str(UUID(str(uid))))
        for relation, foreign_id, name, shown, department, uid in found
    ]
