"""Sets of things by what their history tells changes of."""

from collections.abc import Sequence
from dataclasses import replace

from muster.inventory import engine
from muster.inventory.history.comparing import OWN_KEYS
from muster.inventory.search.compiling import dialects
from muster.inventory.search.compiling.sql import FALSE, Cost, Sql, any_of, in_set, sql
from muster.inventory.search.compiling.tables import Tables
from muster.query.shown import shown_key
from muster.query.values.patterns import Pattern, fold


def changed(organization_id: int, tables: Tables, name: Pattern) -> Sql:
    """Return the condition that something whose name matches changed.

    What a source says of an asset is told of its record, and holds for the asset of that.
    """
    keys = engine.rows(
        "SELECT id, name FROM inventory_attributekey"
        " WHERE organization_id = %s AND inventory = %s ORDER BY id",
        (organization_id, tables.number.value),
    )
    matching = [(number, key) for number, key in keys if name.matches(fold(shown_key(key)))]
    if tables.rows != "inventory_asset":
        return _told(organization_id, [number for number, _ in matching])
    own = [number for number, key in matching if key in OWN_KEYS]
    of_records = [number for number, key in matching if key not in OWN_KEYS]
    return any_of([_told(organization_id, own), _told_of_records(organization_id, of_records)])


def _told(organization_id: int, numbers: Sequence[int]) -> Sql:
    if not numbers:
        return FALSE
    found = sql(
        "SELECT owner_id AS id FROM history_key WHERE organization_id = %s AND ", organization_id
    )
    told = in_set(found + _among("key_id", numbers), cost=Cost.SLICE)
    return replace(told, ids=None)  # a history may outlive its thing: its ids are not counted


def _told_of_records(organization_id: int, numbers: Sequence[int]) -> Sql:
    if not numbers:
        return FALSE
    found = sql(
        "SELECT s.asset_id AS id FROM history_key k"
        f" {dialects.leading_join()} inventory_assetsource s"
        f" ON s.id = k.owner_id AND {engine.unindexed('s.organization_id')} = k.organization_id"
        " WHERE k.organization_id = %s AND s.asset_id IS NOT NULL AND ",
        organization_id,
    )
    return in_set(found + _among("k.key_id", numbers), cost=Cost.JOIN)


def _among(column: str, numbers: Sequence[int]) -> Sql:
    """Return the test of being one of many numbers; as one text they can be compared and kept."""
    listed = ",".join(map(str, numbers))
    if engine.is_postgresql():
        return sql(f"{column} = ANY(CAST(%s AS BIGINT[]))", f"{{{listed}}}")
    return sql(f"{column} IN (SELECT value FROM json_each(%s))", f"[{listed}]")
