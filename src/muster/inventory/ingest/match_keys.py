"""The table `match_key`: which records of a site hold which key."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from muster.correlate import Dimension, Key
from muster.inventory import engine
from muster.inventory.ingest.asset_rows import InOrganization, Row
from muster.inventory.ingest.context import RunContext

_COLUMNS = ("organization_id", "site_id", "dimension", "value", "source_id", "record_id")


@dataclass(frozen=True, slots=True)
class Block:
    """The records of one source that hold one key: how many, and one of them."""

    source_id: int
    count: int
    record: int


def replace(
    context: RunContext, *, before: Mapping[int, Row], after: Mapping[int, Row]
) -> set[Key]:
    """Write the keys of changed records and return all keys that anything changed about."""
    removed: list[tuple[object, ...]] = []
    added: list[tuple[object, ...]] = []
    dirty: set[Key] = set()
    for record, row in after.items():
        old = before.get(record)
        held = {_values(context, old, key) for key in old.keys} if old else set()
        holds = {_values(context, row, key) for key in row.keys}
        removed += held - holds
        added += holds - held
        dirty |= _dirty(old, row)
    engine.delete_rows("match_key", _COLUMNS, removed)
    engine.insert("match_key", _COLUMNS, sorted(added), update="DO NOTHING", is_clear=True)
    return dirty


def blocks(context: InOrganization, site: int, keys: Iterable[Key]) -> dict[Key, list[Block]]:
    """Return who holds the keys in a site, counted by source."""
    found: dict[Key, list[Block]] = {}
    for dimension in Dimension:
        values = [value for kind, value in keys if kind is dimension]
        if values:
            for value, source_id, count, record in _counted(context, site, dimension, values):
                block = Block(source_id=source_id, count=count, record=record)
                found.setdefault((dimension, value), []).append(block)
    return found


def shared(context: RunContext, site: int, keys: Iterable[Key]) -> set[tuple[Key, int]]:
    """Return the keys that several records of one source hold, each with that source."""
    return {
        (key, block.source_id)
        for key, held in blocks(context, site, set(keys)).items()
        for block in held
        if block.count > 1
    }


def holders(context: InOrganization, site: int, keys: Iterable[tuple[Key, int]]) -> set[int]:
    """Return all records that hold some keys, each in the source that is given with it."""
    found: set[int] = set()
    by_kind: dict[tuple[Dimension, int], list[str]] = {}
    for (dimension, value), source_id in keys:
        by_kind.setdefault((dimension, source_id), []).append(value)
    for (dimension, source_id), values in by_kind.items():
        rows = engine.rows(
            "SELECT record_id FROM match_key"
            " WHERE organization_id = %s AND site_id = %s AND dimension = %s"
            f" AND {engine.among('value')} AND source_id = %s",
            (context.organization_id, site, int(dimension), engine.listed(values), source_id),
        )
        found.update(row[0] for row in rows)
    return found


def linked_holders(context: RunContext, site: int, keys: Iterable[Key]) -> set[int]:
    """Return the records that hold an ambiguous key and are linked or superseded all the same."""
    linked: set[int] = set()
    for dimension in Dimension:
        values = [value for kind, value in keys if kind is dimension]
        if values:
            found = engine.rows(
                "SELECT s.id FROM match_key k JOIN inventory_assetsource s ON s.id = k.record_id"
                " WHERE k.organization_id = %s AND k.site_id = %s AND k.dimension = %s"
                f" AND {engine.among('k.value')}"
                " AND (s.match_record IS NOT NULL OR s.superseded_by IS NOT NULL)",
                (context.organization_id, site, int(dimension), engine.listed(values)),
            )
            linked.update(row[0] for row in found)
    return linked


def _counted(
    context: InOrganization, site: int, dimension: Dimension, values: list[str]
) -> list[tuple[str, int, int, int]]:
    return engine.rows(
        "SELECT value, source_id, COUNT(*), MIN(record_id) FROM match_key"
        " WHERE organization_id = %s AND site_id = %s AND dimension = %s"
        f" AND {engine.among('value')} GROUP BY value, source_id",
        (context.organization_id, site, int(dimension), engine.listed(values)),
    )


def _dirty(old: Row | None, new: Row) -> set[Key]:
    if old is None or (old.os_family, old.site) != (new.os_family, new.site):
        return set(new.keys) | (set(old.keys) if old else set())
    return set(old.keys ^ new.keys)


def _values(context: RunContext, row: Row, key: Key) -> tuple[object, ...]:
    return (context.organization_id, row.site, int(key[0]), key[1], row.source_id, row.record)
