"""The whole inventory as plain values, without the numbers that depend on history."""

import orjson

from muster.inventory import engine


def machines(organization_id: int) -> set[frozenset[tuple[str, str]]]:
    """Every asset as the set of the records that it is made of."""
    found = engine.rows(
        "SELECT s.asset_id, f.source, s.foreign_id FROM inventory_assetsource s"
        " JOIN inventory_feed f ON f.id = s.feed_id WHERE s.organization_id = %s",
        (organization_id,),
    )
    by_asset: dict[object, set[tuple[str, str]]] = {}
    for number, (asset, source, foreign_id) in enumerate(found):
        key = asset if asset is not None else f"excluded {number}"
        by_asset.setdefault(key, set()).add((source, foreign_id))
    return {frozenset(records) for records in by_asset.values()}


def everything(organization_id: int) -> dict[str, object]:
    """All that a person could see, independent of ids and of order."""
    return {
        "machines": machines(organization_id),
        "assets": _table(
            "SELECT name, os, os_version, device_type, hardware, hardware_vendor, source_mask,"
            " source_count, is_active, is_scanned, is_alive, first_seen, last_seen"
            " FROM inventory_asset WHERE organization_id = %s",
            organization_id,
        ),
        "records": _table(
            "SELECT f.source, s.foreign_id, s.os_family, s.match_rule, s.match_key,"
            " s.gone_at, p.foreign_id, n.foreign_id, s.standing, s.first_seen, s.last_seen"
            " FROM inventory_assetsource s"
            " JOIN inventory_feed f ON f.id = s.feed_id"
            " LEFT JOIN inventory_assetsource p ON p.id = s.match_record"
            " LEFT JOIN inventory_assetsource n ON n.id = s.superseded_by"
            " WHERE s.organization_id = %s",
            organization_id,
        ),
        "attributes": _table(
            "SELECT k.name, a.value, s.name FROM asset_attribute a"
            " JOIN inventory_attributekey k ON k.id = a.key_id"
            " JOIN inventory_asset s ON s.id = a.asset_id WHERE a.organization_id = %s",
            organization_id,
        ),
        "addresses": _table(
            "SELECT a.packed, s.name FROM asset_address a"
            " JOIN inventory_asset s ON s.id = a.asset_id WHERE a.organization_id = %s",
            organization_id,
        ),
        "texts": _table("SELECT body FROM asset_text WHERE organization_id = %s", organization_id),
        "services": _table(
            "SELECT s.name, p.foreign_id, v.transport, v.port, v.address, v.protocols, v.product,"
            " v.first_seen, v.last_seen, r.body FROM inventory_service v"
            " JOIN inventory_assetsource p ON p.id = v.record_id"
            " JOIN service_record r ON r.id = v.id"
            " LEFT JOIN inventory_asset s ON s.id = v.asset_id WHERE v.organization_id = %s",
            organization_id,
        ),
        "service attributes": _table(
            "SELECT k.name, a.value, v.transport, v.port, v.address FROM service_attribute a"
            " JOIN inventory_attributekey k ON k.id = a.key_id"
            " LEFT JOIN inventory_service v ON v.id = a.service_id WHERE a.organization_id = %s",
            organization_id,
        ),
        "users": _table(
            "SELECT foreign_id, name, display_name, email, is_active, gone_at"
            " FROM inventory_directoryuser WHERE organization_id = %s",
            organization_id,
        ),
        "groups": _table(
            "SELECT foreign_id, display_name, user_count, gone_at"
            " FROM inventory_directorygroup WHERE organization_id = %s",
            organization_id,
        ),
        "memberships": _table(
            "SELECT group_ref, member_ref, member_kind FROM membership WHERE organization_id = %s",
            organization_id,
        ),
        "ownerships": _table(
            "SELECT subject_ref, relation, owner_ref FROM ownership WHERE organization_id = %s",
            organization_id,
        ),
    }


def _table(sql: str, organization_id: int) -> list[bytes]:
    return sorted(
        orjson.dumps([bytes(v).hex() if isinstance(v, bytes | memoryview) else v for v in row])
        for row in engine.rows(sql, (organization_id,))
    )
