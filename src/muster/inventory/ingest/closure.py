"""Everything that a change of some keys can touch: the records that correlation must see again."""

from collections.abc import Iterable, Mapping

from muster.correlate import Key
from muster.inventory.ingest import asset_rows, match_keys
from muster.inventory.ingest.asset_rows import Row
from muster.inventory.ingest.context import RunContext

Counts = dict[Key, dict[int, int]]


def load(
    context: RunContext, site: int, *, seeds: Mapping[int, Row], keys: Iterable[Key]
) -> tuple[dict[int, Row], Counts]:
    """Return the records to resolve in a site, and how many hold each of their keys.

    Starts from the seeds (rows that are new or changed and may not be stored yet) and the keys
    that changed, and goes on through shared keys and shared assets until nothing new turns up.
    """
    rows = dict(seeds)
    counts: Counts = {}
    wanted = set(keys) | {key for row in seeds.values() for key in row.keys}
    while True:
        records = _holders(context, site, wanted - counts.keys(), counts)
        found = asset_rows.by_number(context, records - rows.keys())
        assets = {row.asset for row in (*found.values(), *rows.values()) if row.asset is not None}
        loaded = {row.asset for row in rows.values() if row.record not in seeds}
        found.update(asset_rows.by_asset(context, assets - loaded))
        new = {record: row for record, row in found.items() if record not in rows}
        if not new:
            return rows, counts
        rows.update(new)
        wanted = {key for row in new.values() for key in row.keys}


def _holders(context: RunContext, site: int, keys: set[Key], counts: Counts) -> set[int]:
    """Note who holds the keys, and return the records that matter: unique or linked ones."""
    records: set[int] = set()
    ambiguous: set[Key] = set()
    found = match_keys.blocks(context, site, keys) if keys else {}
    for key in keys:
        held = found.get(key, [])
        counts[key] = {block.source_id: block.count for block in held}
        records |= {block.record for block in held if block.count == 1}
        if any(block.count > 1 for block in held):
            ambiguous.add(key)
    if ambiguous:
        records |= match_keys.linked_holders(context, site, ambiguous)
    return records
