"""Values as people wrote them: the index holds them folded, their things hold the rest."""

from collections.abc import Iterable, Iterator, Mapping

from muster.core import ndjson
from muster.core.records import AnyRecord, AssetRecord, GroupRecord, ServiceRecord, UserRecord
from muster.inventory import engine
from muster.inventory.attributes import attribute_prefix
from muster.inventory.search.compiling.tables import Tables
from muster.query.values.patterns import fold

_COLUMNS = {
    "_asset.os": "os",
    "_asset.os_version": "os_version",
    "_asset.type": "device_type",
    "_asset.hw": "hardware",
    "_asset.vendor": "hardware_vendor",
    "foreign_id": "foreign_id",
}
_OF_ASSETS = {
    "_asset.name": "names",
    "_asset.address": "addresses",
    "_asset.tag": "tags",
    "_asset.domain": "domains",
    "_service.protocol": "protocols",
}
_RECORDS = {
    "inventory_asset": (
        "SELECT s.asset_id, r.body FROM inventory_assetsource s"
        " JOIN asset_source_record r ON r.id = s.id"
        " WHERE s.organization_id = %s AND {among} ORDER BY s.source_id, s.foreign_id"
    ),
    "inventory_directoryuser": (
        "SELECT s.id, r.body FROM inventory_directoryuser s"
        " JOIN directory_user_record r ON r.id = s.id WHERE s.organization_id = %s AND {among}"
    ),
    "inventory_directorygroup": (
        "SELECT s.id, r.body FROM inventory_directorygroup s"
        " JOIN directory_group_record r ON r.id = s.id WHERE s.organization_id = %s AND {among}"
    ),
    "inventory_service": (
        "SELECT s.id, r.body FROM inventory_service s"
        " JOIN service_record r ON r.id = s.id WHERE s.organization_id = %s AND {among}"
    ),
}


def spelled(
    organization_id: int, tables: Tables, key: str, examples: Mapping[str, int]
) -> dict[str, str]:
    """Return folded values of a key as the thing that is the example of each spells them.

    A value that is found nowhere in its thing, such as one that was too long, stays folded.
    """
    if key in _COLUMNS:
        said = _columns(organization_id, tables, _COLUMNS[key], examples.values())
    else:
        said = _texts(organization_id, tables, key, examples.values())
    return {
        value: next((each for each in said.get(owner, ()) if each.casefold() == value), value)
        for value, owner in examples.items()
    }


def _columns(
    organization_id: int, tables: Tables, column: str, owners: Iterable[int]
) -> dict[int, list[str]]:
    found = engine.rows(
        f"SELECT id, {column} FROM {tables.rows}"
        f" WHERE organization_id = %s AND {engine.among('id')}",
        (organization_id, engine.listed(owners)),
    )
    return {number: [text] for number, text in found}


def _texts(
    organization_id: int, tables: Tables, key: str, owners: Iterable[int]
) -> dict[int, list[str]]:
    column = "s.asset_id" if tables.rows == "inventory_asset" else "s.id"
    found = engine.rows(
        _RECORDS[tables.rows].format(among=engine.among(column)),
        (organization_id, engine.listed(owners)),
    )
    said: dict[int, list[str]] = {}
    for owner, body in found:
        said.setdefault(owner, []).extend(_said(ndjson.decode(bytes(body)), key))
    return said


def _said(record: AnyRecord, key: str) -> Iterator[str]:
    """Yield what a record says under a key, unfolded."""
    if key in _OF_ASSETS:
        yield from getattr(record, _OF_ASSETS[key], ())
    elif key.startswith(("_user.", "_group.", "_service.")):
        yield getattr(record, key.partition(".")[2], "")
    elif isinstance(record, AssetRecord | UserRecord | GroupRecord | ServiceRecord):
        kind = record.kind if isinstance(record, AssetRecord) else ""
        prefix = attribute_prefix(record.source, kind)
        for name, text in record.attributes.items():
            if fold(prefix + name) == key:
                yield from text.split("\t")
