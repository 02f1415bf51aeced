"""Everything that a change of some keys can touch: the records that correlation must see again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from muster.correlate import LED, MOST_LED, Decision, Key
from muster.inventory.ingest import asset_rows, decided, match_keys
from muster.inventory.ingest.asset_rows import Row
from muster.inventory.ingest.context import RunContext

Counts = dict[Key, dict[int, int]]


@dataclass(slots=True)
class Closure:
    """The records to resolve in a site, how many hold each of their keys, and what people said.

    Decisions come newest first.
    """

    rows: dict[int, Row]
    counts: Counts = field(default_factory=dict)
    decisions: list[Decision] = field(default_factory=list)


def load(
    context: RunContext, site: int, *, seeds: Mapping[int, Row], keys: Iterable[Key]
) -> Closure:
    """Return all that decides about some records of a site.

    Starts from the seeds (rows that are new or changed and may not be stored yet) and the keys
    that changed, and goes on through shared keys, shared assets and decisions until nothing new
    turns up.
    """
    closure = Closure(rows=dict(seeds))
    rows, counts = closure.rows, closure.counts
    spoken = decided.Decided(context, site)
    new: Mapping[int, Row] = seeds
    wanted = set(keys) | {key for row in seeds.values() for key in row.keys}
    while True:
        records = _holders(context, site, wanted - counts.keys(), counts)
        found = asset_rows.by_number(context, records - rows.keys())
        found.update(spoken.partners(new.values()))
        assets = {row.asset for row in (*found.values(), *rows.values()) if row.asset is not None}
        loaded = {row.asset for row in rows.values() if row.record not in seeds}
        found.update(asset_rows.by_asset(context, assets - loaded))
        # An asset is in two sites only while a person takes a merge across sites back.
        here = {record: row for record, row in found.items() if row.site == site}
        new = {record: row for record, row in here.items() if record not in rows}
        if not new:
            closure.decisions = spoken.among(rows)
            return closure
        rows.update(new)
        wanted = {key for row in new.values() for key in row.keys}


def _holders(context: RunContext, site: int, keys: set[Key], counts: Counts) -> set[int]:
    """Note who holds the keys, and return the records that matter: unique, led or linked ones."""
    records: set[int] = set()
    ambiguous: set[Key] = set()
    led: list[tuple[Key, int]] = []
    found = match_keys.blocks(context, site, keys) if keys else {}
    for key in keys:
        held = found.get(key, [])
        counts[key] = {block.source_id: block.count for block in held}
        records |= {block.record for block in held if block.count == 1}
        shared = [block for block in held if block.count > 1]
        if key[0] in LED:
            led += [(key, block.source_id) for block in shared if block.count <= MOST_LED]
        if shared:
            ambiguous.add(key)
    if ambiguous:
        records |= match_keys.linked_holders(context, site, ambiguous)
    return records | match_keys.holders(context, site, led)
