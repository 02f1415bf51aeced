"""Rows of a page of a list, in the order of the ids that search returned."""

from collections.abc import Iterable, Mapping, Sequence

from muster.inventory.models import Asset, DirectoryGroup, DirectoryUser, Service
from muster.inventory.selectors.instants import instant
from muster.inventory.selectors.records import StoredRecord, records_of
from muster.inventory.selectors.source_names import source_name, source_names
from muster.organizations.scope import Scope

Fields = dict[str, object]


def asset_rows(scope: Scope, ids: Sequence[int]) -> list[Fields]:
    """Return assets as plain fields, those of the scope only, in the order given."""
    found = Asset.objects.filter(organization=scope.organization, pk__in=ids)
    records = _records(scope, ids)
    by_id = {
        each.pk: _asset(each, records.get(each.pk, [])) for each in found.select_related("site")
    }
    return _ordered(by_id, ids)


def user_rows(scope: Scope, ids: Sequence[int]) -> list[Fields]:
    """Return directory users as plain fields, those of the scope only, in the order given."""
    found = DirectoryUser.objects.filter(organization=scope.organization, pk__in=ids)
    return _ordered({each.pk: _user(each) for each in found}, ids)


def group_rows(scope: Scope, ids: Sequence[int]) -> list[Fields]:
    """Return directory groups as plain fields, those of the scope only, in the order given."""
    found = DirectoryGroup.objects.filter(organization=scope.organization, pk__in=ids)
    return _ordered({each.pk: _group(each) for each in found}, ids)


def service_rows(scope: Scope, ids: Sequence[int]) -> list[Fields]:
    """Return services with the asset each is of as plain fields, in the order given.

    Those of the scope only, and only those that have an asset.
    """
    found = Service.objects.filter(
        organization=scope.organization, pk__in=ids, asset__isnull=False
    ).select_related("asset__site")
    return _ordered({each.pk: _service(each) for each in found}, ids)


def _ordered(by_id: Mapping[int, Fields], ids: Iterable[int]) -> list[Fields]:
    return [by_id[each] for each in ids if each in by_id]


def _asset(asset: Asset, records: Sequence[StoredRecord]) -> Fields:
    addresses = dict.fromkeys(each for record in records for each in record.record.addresses)
    gone = [each.gone_at for each in records]
    return {
        "id": str(asset.uid),
        "name": asset.name,
        "addresses": list(addresses),
        "type": asset.device_type,
        "os": asset.os,
        "os_version": asset.os_version,
        "hw": asset.hardware,
        "hw_vendor": asset.hardware_vendor,
        "sources": list(source_names(asset.source_mask)),
        "site": asset.site.name,
        "is_active": asset.is_active,
        "scanned": asset.is_scanned,
        "alive": asset.is_alive,
        "first_seen": instant(asset.first_seen),
        "last_seen": instant(asset.last_seen),
        "gone_at": instant(max((each for each in gone if each), default=None))
        if all(gone)
        else None,
    }


def _user(user: DirectoryUser) -> Fields:
    return {
        "id": str(user.uid),
        "user_id": user.foreign_id,
        "name": user.name,
        "display_name": user.display_name,
        "email": user.email,
        "title": user.title,
        "department": user.department,
        "is_active": user.is_active,
        "source": source_name(user.source_id),
        "last_logon": instant(user.last_logon),
        "first_seen": instant(user.first_seen),
        "last_seen": instant(user.last_seen),
        "gone_at": instant(user.gone_at),
    }


def _group(group: DirectoryGroup) -> Fields:
    return {
        "id": str(group.uid),
        "group_id": group.foreign_id,
        "name": group.name,
        "display_name": group.display_name,
        "description": group.description,
        "email": group.email,
        "user_count": group.user_count,
        "source": source_name(group.source_id),
        "first_seen": instant(group.first_seen),
        "last_seen": instant(group.last_seen),
        "gone_at": instant(group.gone_at),
    }


def _service(service: Service) -> Fields:
    asset = service.asset
    assert asset is not None
    return {
        "id": str(service.uid),
        "asset_id": str(asset.uid),
        "asset": asset.name,
        "address": service.address,
        "transport": service.transport,
        "port": service.port,
        "protocols": [each for each in service.protocols.split("\t") if each],
        "product": service.product,
        "site": asset.site.name,
        "sources": list(source_names(asset.source_mask)),
        "first_seen": instant(service.first_seen),
        "last_seen": instant(service.last_seen),
    }


def _records(scope: Scope, ids: Sequence[int]) -> dict[int, list[StoredRecord]]:
    found: dict[int, list[StoredRecord]] = {}
    for each in records_of(scope, ids):
        found.setdefault(each.asset, []).append(each)
    return found
