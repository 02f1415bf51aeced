"""Writing a difference: assets, records, and all that makes them searchable."""

import uuid
from collections.abc import Iterable, Sequence
from ipaddress import ip_address

from muster.core.normalize import address
from muster.inventory import engine
from muster.inventory.attributes import Pair, asset_pairs
from muster.inventory.ingest import attribute_rows, bodies, columns
from muster.inventory.ingest.asset_rows import RECORDS, TABLE, Row, pack_keys
from muster.inventory.ingest.attribute_rows import PairChanges
from muster.inventory.ingest.columns import COLUMNS, Said
from muster.inventory.ingest.context import RunContext
from muster.inventory.ingest.difference import Difference, Incoming
from muster.inventory.ingest.placement import ASSETS, Placement
from muster.inventory.models.feeds import Inventory

_RECORD_COLUMNS = (
    "asset_id",
    "digest",
    "os_family",
    "match_rule",
    "match_key",
    "match_record",
    "match_keys",
    "matched_at",
    "first_seen",
    "last_seen",
    "gone_at",
    "run_id",
)
_PLACE_COLUMNS = ("asset_id", "match_rule", "match_key", "match_record", "matched_at")


def write(
    context: RunContext, difference: Difference, placement: Placement, incoming: Incoming
) -> None:
    """Write everything that the difference says, and nothing else."""
    _write_assets(context, difference, placement)
    _write_places(context, difference, incoming)
    _write_incoming(context, difference, incoming)
    _write_search(context, difference)
    _delete_emptied(difference)


def _write_assets(context: RunContext, difference: Difference, placement: Placement) -> None:
    made, changed = [], []
    for asset, said in difference.now.items():
        merged = columns.merge(said)
        if asset in placement.made:
            made.append((asset, placement.made[asset], *merged.values()))
        elif asset not in difference.was or columns.merge(difference.was[asset]) != merged:
            changed.append((asset, context.at, *merged.values()))
    _insert_assets(context, made)
    engine.update(ASSETS, ("updated_at", *COLUMNS), changed)


def _insert_assets(context: RunContext, made: Sequence[Sequence[object]]) -> None:
    values = [
        (row[0], context.organization_id, row[1], _uid(), context.at, context.at, *row[2:])
        for row in made
    ]
    names = ("id", "organization_id", "site_id", "uid", "created_at", "updated_at", *COLUMNS)
    engine.insert(ASSETS, names, values)


def _uid() -> object:
    fresh = uuid.uuid4()
    return fresh if engine.is_postgresql() else fresh.hex


def _write_places(context: RunContext, difference: Difference, incoming: Incoming) -> None:
    moved = [difference.after[number] for number in difference.moved if number not in incoming]
    engine.update(TABLE, _PLACE_COLUMNS, [(row.record, *_place(context, row)) for row in moved])


def _place(context: RunContext, row: Row) -> tuple[object, ...]:
    return row.asset, row.link.rule, row.link.key, row.link.with_record, context.at


def _write_incoming(context: RunContext, difference: Difference, incoming: Incoming) -> None:
    fresh, changed = [], []
    for number, stored in incoming.items():
        row = difference.after[number]
        asset, *match, at = _place(context, row)
        values = (asset, stored.digest, row.os_family, *match, pack_keys(row.keys), at)
        seen = (row.first_seen, row.last_seen, None, context.run_id)
        if number in difference.before:
            changed.append((number, *values, *seen))
        else:
            constant = (context.organization_id, context.feed_id, row.site, row.source_id)
            fresh.append((number, *constant, row.foreign_id, *values, *seen))
    identity = ("id", "organization_id", "feed_id", "site_id", "source_id", "foreign_id")
    engine.insert(TABLE, (*identity, *_RECORD_COLUMNS), fresh)
    engine.update(TABLE, _RECORD_COLUMNS, changed)
    bodies.write(RECORDS, {n: stored.body for n, stored in incoming.items() if stored.is_changed})


def _write_search(context: RunContext, difference: Difference) -> None:
    changes = PairChanges()
    texts: dict[int, str] = {}
    for asset in difference.was.keys() | difference.now.keys():
        was, now = difference.was.get(asset, []), difference.now.get(asset, [])
        changes.change(asset, before=_pairs(was), after=_pairs(now))
        text = columns.search_text(now)
        if text != columns.search_text(was) or not was:
            texts[asset] = text
    attribute_rows.write(context, Inventory.ASSETS, changes)
    _write_addresses(context, difference)
    _write_texts(context, texts)


def _pairs(said: Sequence[Said]) -> set[Pair]:
    pairs: set[Pair] = set()
    for each in said:
        pairs |= asset_pairs(each.record, match_rule=each.row.link.rule)
    return pairs | columns.pairs(columns.merge(said)) if said else pairs


def _write_addresses(context: RunContext, difference: Difference) -> None:
    removed, added = [], []
    for asset in difference.was.keys() | difference.now.keys():
        was, now = (_packed(side.get(asset, [])) for side in (difference.was, difference.now))
        removed += [(context.organization_id, packed, asset) for packed in was - now]
        added += [(context.organization_id, packed, asset) for packed in now - was]
    engine.execute_many(
        "DELETE FROM asset_address WHERE organization_id = %s AND packed = %s AND asset_id = %s",
        removed,
    )
    names = ("organization_id", "packed", "asset_id")
    engine.insert("asset_address", names, sorted(added), update="DO NOTHING")


def _packed(said: Iterable[Said]) -> set[bytes]:
    written = {address(text) for each in said for text in each.record.addresses}
    return {packed(text) for text in written if text}


def packed(text: str) -> bytes:
    """Return a canonical address as 16 bytes, an IPv4 one as ::ffff:a.b.c.d."""
    found = ip_address(text)
    return found.packed if found.version == 6 else bytes(10) + b"\xff\xff" + found.packed  # noqa: PLR2004


def _write_texts(context: RunContext, texts: dict[int, str]) -> None:
    _delete_texts(texts)
    values = [(asset, text, context.organization_id) for asset, text in texts.items() if text]
    engine.insert("asset_text", ("rowid", "body", "organization_id"), values)


def _delete_texts(assets: Iterable[int]) -> None:
    engine.execute(
        f"DELETE FROM asset_text WHERE {engine.among('rowid')}",
        (engine.listed(assets),),
    )


def _delete_emptied(difference: Difference) -> None:
    emptied = difference.was.keys() - difference.now.keys()
    if emptied:
        engine.execute(
            f"DELETE FROM {ASSETS} WHERE {engine.among('id')}",
            (engine.listed(emptied),),
        )
