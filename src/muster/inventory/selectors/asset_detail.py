"""One asset whole: what it is, what each source says of it and why, and who stands behind it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec

from muster.core import ndjson
from muster.core.errors import ConfigError
from muster.core.records import ServiceRecord
from muster.inventory import engine, schema
from muster.inventory.attributes import attribute_prefix
from muster.inventory.models import Asset
from muster.inventory.selectors.instants import instant
from muster.inventory.selectors.pages import Fields, asset_rows
from muster.inventory.selectors.records import StoredRecord, records_of
from muster.inventory.selectors.source_names import source_name
from muster.organizations.scope import Scope

_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class RecordDetail:
    """What one source says. `reason` is a sentence: why this record is of this asset."""

    source: str
    foreign_id: str
    reason: str
    matched_at: datetime | None
    first_seen: datetime | None
    last_seen: datetime | None
    gone_at: datetime | None
    attributes: dict[str, str]


@dataclass(frozen=True, slots=True)
class Person:
    """A directory user behind an asset; `relation` is `owner` or `user`."""

    relation: str
    user_id: str
    name: str
    display_name: str
    department: str


@dataclass(frozen=True, slots=True)
class AssetDetail:
    """One asset with everything known of it."""

    fields: Fields
    records: list[RecordDetail]
    services: list[Fields]
    people: list[Person]


def asset_detail(scope: Scope, reference: str) -> AssetDetail:
    """Return the asset with that id or name.

    Raises ConfigError if there is none, or if several have that name: it then lists their ids.
    """
    asset = _find(scope, reference.strip())
    records = records_of(scope, [asset.pk])
    return AssetDetail(
        fields=asset_rows(scope, [asset.pk])[0],
        records=[_detail(each, records) for each in records],
        services=_services(scope, [each.number for each in records]),
        people=_people(scope, [each.record.id for each in records]),
    )


def _find(scope: Scope, reference: str) -> Asset:
    assets = Asset.objects.filter(organization=scope.organization)
    uid = _uid(reference)
    if not reference:
        raise ConfigError("name the asset to show", hint="By its name or its id.")
    if uid is not None:
        found = list(assets.filter(uid=uid))
    else:
        found = list(assets.filter(name__iexact=reference).order_by("pk")[: _MOST_NAMED + 1])
    if not found:
        raise ConfigError(
            f"there is no asset '{reference}'",
            hint=f"Look for it with: muster search 'name:{reference}'",
        )
    if len(found) > 1:
        ids = ", ".join(str(each.uid) for each in found[:_MOST_NAMED])
        raise ConfigError(f"several assets are named '{reference}'", hint=f"Name one by id: {ids}")
    return found[0]


def _uid(reference: str) -> UUID | None:
    try:
        return UUID(reference)
    except ValueError:
        return None


def _detail(stored: StoredRecord, records: list[StoredRecord]) -> RecordDetail:
    prefix = attribute_prefix(stored.record.source, stored.record.kind)
    attributes = {prefix + name: value for name, value in stored.record.attributes.items()}
    if prefix:
        attributes[f"{prefix}match.criteria"] = stored.match_rule
        attributes[f"{prefix}ts"] = str(stored.last_seen)
    return RecordDetail(
        source=source_name(stored.source_id),
        foreign_id=stored.record.id,
        reason=_reason(stored, records),
        matched_at=instant(stored.matched_at),
        first_seen=instant(stored.first_seen),
        last_seen=instant(stored.last_seen),
        gone_at=instant(stored.gone_at),
        attributes=dict(sorted(attributes.items())),
    )


def _reason(stored: StoredRecord, records: list[StoredRecord]) -> str:
    partner = next((each for each in records if each.number == stored.match_record), None)
    if partner is None:
        joined = any(each.match_record == stored.number for each in records)
        return "the others joined it" if joined else "nothing of another source matched it"
    whose = f"{source_name(partner.source_id)} {partner.record.id}"
    kind = "the name" if stored.match_rule == "name" else "the name, as NetBIOS cuts it,"
    return f"{kind} '{stored.match_key}' is unique here and in {whose}"


def _services(scope: Scope, records: list[int]) -> list[Fields]:
    found = engine.rows(
        "SELECT body FROM asset_service"
        f" WHERE organization_id = %s AND {engine.among('record_id')} ORDER BY port, transport",
        (scope.organization_id, engine.listed(records)),
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
        "SELECT DISTINCT o.relation, u.foreign_id, u.name, u.display_name, u.department"
        " FROM ownership o JOIN inventory_directoryuser u"
        " ON u.organization_id = o.organization_id AND u.foreign_id = o.owner_ref"
        f" WHERE o.organization_id = %s AND o.subject_kind = %s AND {engine.among('o.subject_ref')}"
        " ORDER BY o.relation, u.display_name, u.foreign_id",
        (scope.organization_id, schema.SUBJECT_KINDS["asset"], engine.listed(foreign_ids)),
    )
    return [Person(relations[row[0]], *row[1:]) for row in found]
