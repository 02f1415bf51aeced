"""Things whole, many at once: what an export says of each. A batch is a handful of statements."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from muster.core import ndjson
from muster.core.records import GroupRecord, ServiceRecord, UserRecord
from muster.inventory import engine
from muster.inventory.models import Asset, DirectoryGroup, DirectoryUser, Service
from muster.inventory.selectors.annotations import NOTHING, Annotations, annotations_of
from muster.inventory.selectors.instants import instant
from muster.inventory.selectors.records import StoredRecord, records_of
from muster.organizations.scope import Scope


@dataclass(frozen=True, slots=True)
class WholeService:
    """One open port with what its source says of it."""

    uid: UUID
    asset: int
    record: ServiceRecord
    first_seen: datetime | None
    last_seen: datetime | None
    updated_at: datetime | None


@dataclass(frozen=True, slots=True)
class WholeAsset:
    """One asset with its records and services, and what people say of it."""

    row: Asset
    records: Sequence[StoredRecord]
    services: Sequence[WholeService]
    annotations: Annotations = NOTHING

    @property
    def runs(self) -> list[int]:
        """The keys of the runs that last told of its records."""
        return [each.run_id for each in self.records]


@dataclass(frozen=True, slots=True)
class WholeUser:
    """One person of a directory; `groups` are the ids there of the groups they are directly in."""

    row: DirectoryUser
    record: UserRecord
    groups: Sequence[str] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class WholeGroup:
    """One group of a directory."""

    row: DirectoryGroup
    record: GroupRecord


def whole_assets(scope: Scope, ids: Sequence[int]) -> list[WholeAsset]:
    """Return assets of the scope, in the order given; those that are not there are left out."""
    found = Asset.objects.filter(organization=scope.organization, pk__in=ids)
    rows = {each.pk: each for each in found.select_related("site")}
    records: dict[int, list[StoredRecord]] = {}
    for record in records_of(scope, rows):
        records.setdefault(record.asset, []).append(record)
    services: dict[int, list[WholeService]] = {}
    for service in _services(scope, "asset_id", rows):
        services.setdefault(service.asset, []).append(service)
    said = annotations_of(scope, rows)
    return [
        WholeAsset(
            rows[each], records.get(each, ()), services.get(each, ()), said.get(each, NOTHING)
        )
        for each in ids
        if each in rows
    ]


def whole_services(scope: Scope, ids: Sequence[int]) -> list[tuple[WholeService, WholeAsset]]:
    """Return services of the scope with the asset each is of, in the order given."""
    found = {service.uid: service for service in _services(scope, "id", ids)}
    assets = {
        each.row.pk: each
        for each in whole_assets(scope, sorted({service.asset for service in found.values()}))
    }
    uids = dict(
        Service.objects.filter(organization=scope.organization, pk__in=ids).values_list("pk", "uid")
    )
    known = (found[uids[each]] for each in ids if each in uids and uids[each] in found)
    return [(each, assets[each.asset]) for each in known if each.asset in assets]


def whole_users(scope: Scope, ids: Sequence[int]) -> list[WholeUser]:
    """Return directory users of the scope, in the order given."""
    rows = {
        each.pk: each
        for each in DirectoryUser.objects.filter(organization=scope.organization, pk__in=ids)
    }
    bodies = _bodies(scope, "inventory_directoryuser", "directory_user_record", rows)
    groups = _groups_of(scope, [each.foreign_id for each in rows.values()])
    return [
        WholeUser(rows[each], record, groups.get(rows[each].foreign_id, ()))
        for each in ids
        if each in rows and isinstance(record := bodies.get(each), UserRecord)
    ]


def whole_groups(scope: Scope, ids: Sequence[int]) -> list[WholeGroup]:
    """Return directory groups of the scope, in the order given."""
    rows = {
        each.pk: each
        for each in DirectoryGroup.objects.filter(organization=scope.organization, pk__in=ids)
    }
    bodies = _bodies(scope, "inventory_directorygroup", "directory_group_record", rows)
    return [
        WholeGroup(rows[each], record)
        for each in ids
        if each in rows and isinstance(record := bodies.get(each), GroupRecord)
    ]


def key_of(scope: Scope, inventory: str, uid: UUID) -> int | None:
    """Return the key of a thing of the scope by its id; None if it has none such."""
    rows = {
        "assets": Asset.objects.filter(organization=scope.organization, uid=uid),
        "services": Service.objects.filter(
            organization=scope.organization, uid=uid, asset__isnull=False
        ),
        "users": DirectoryUser.objects.filter(organization=scope.organization, uid=uid),
        "groups": DirectoryGroup.objects.filter(organization=scope.organization, uid=uid),
    }[inventory]
    return rows.values_list("pk", flat=True).first()


def _services(scope: Scope, column: str, values: Iterable[int]) -> list[WholeService]:
    found = engine.rows(
        "SELECT v.uid, v.asset_id, r.body, v.first_seen, v.last_seen, v.updated_at"
        " FROM inventory_service v JOIN service_record r ON r.id = v.id"
        f" WHERE v.organization_id = %s AND {engine.among(f'v.{column}')}"
        " AND v.asset_id IS NOT NULL ORDER BY v.port, v.transport, v.address, v.id",
        (scope.organization_id, engine.listed(values)),
    )
    decoded = ((row, ndjson.decode(bytes(row[2]))) for row in found)
    return [
        WholeService(
            uid=UUID(str(row[0])),
            asset=row[1],
            record=record,
            first_seen=instant(row[3]),
            last_seen=instant(row[4]),
            updated_at=instant(row[5]),
        )
        for row, record in decoded
        if isinstance(record, ServiceRecord)
    ]


def _bodies(scope: Scope, table: str, records: str, numbers: Iterable[int]) -> Mapping[int, object]:
    found = engine.rows(
        f"SELECT t.id, r.body FROM {table} t JOIN {records} r ON r.id = t.id"
        f" WHERE t.organization_id = %s AND {engine.among('t.id')}",
        (scope.organization_id, engine.listed(numbers)),
    )
    return {number: ndjson.decode(bytes(body)) for number, body in found}


def _groups_of(scope: Scope, members: Sequence[str]) -> dict[str, list[str]]:
    found = engine.rows(
        "SELECT DISTINCT member_ref, group_ref FROM membership"
        f" WHERE organization_id = %s AND {engine.among('member_ref')}"
        " ORDER BY member_ref, group_ref",
        (scope.organization_id, engine.listed(members)),
    )
    groups: dict[str, list[str]] = {}
    for member, group in found:
        groups.setdefault(member, []).append(group)
    return groups
