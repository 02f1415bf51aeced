"""Taking asset records: compare, correlate what changed, and write only that."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from functools import partial
from itertools import groupby

from muster.core.operating_systems import family
from muster.core.records import AnyRecord, AssetRecord
from muster.correlate import Dimension, Key, Link, keys_of, resolve, standing_of
from muster.inventory import engine
from muster.inventory.ingest import asset_rows, closure, known, match_keys, writing
from muster.inventory.ingest.asset_rows import TABLE, Row
from muster.inventory.ingest.context import RunContext
from muster.inventory.ingest.difference import compute
from muster.inventory.ingest.known import Stored
from muster.inventory.ingest.placement import ASSETS, Placement, place

StoredAsset = Stored[AssetRecord]


def take(context: RunContext, records: Sequence[AnyRecord]) -> None:
    """Write a batch of asset records and whatever follows from them."""
    stored = known.compare(context, TABLE, [r for r in records if isinstance(r, AssetRecord)])
    homeless = set() if context.exclude_unknown else _without_asset(context, stored)
    quiet = [
        each
        for each in stored
        if not (each.is_changed or each.was_gone or each.number is None or each.number in homeless)
    ]
    skipped = {id(each) for each in quiet}
    loud = [each for each in stored if id(each) not in skipped]
    context.statistics.add("assets_unchanged", len(quiet))
    touch(context, quiet)
    _restand(context, quiet)
    if loud:
        _take_changed(context, loud)


def touch(context: RunContext, stored: Sequence[StoredAsset]) -> None:
    """Say of unchanged records that they were seen again."""
    if not stored:
        return
    numbers = [each.number for each in stored if each.number is not None]
    engine.execute(
        f"UPDATE {TABLE} SET run_id = %s WHERE {engine.among('id')}",
        (context.run_id, engine.listed(numbers)),
    )
    seen = {each.number: seen_of(context, each.record) for each in stored if each.number}
    known = engine.rows(
        f"SELECT id, last_seen, asset_id FROM {TABLE} WHERE {engine.among('id')}",
        (engine.listed(seen),),
    )
    later = [(record, asset) for record, before, asset in known if before < seen[record]]
    engine.update(TABLE, ("last_seen",), [(record, seen[record]) for record, _ in later])
    latest: dict[int, int] = {}
    for record, asset in later:
        if asset is not None:
            latest[asset] = max(seen[record], latest.get(asset, 0))
    _touch_assets(latest)


def _touch_assets(latest: Mapping[int, int]) -> None:
    """Say when assets were seen last, where that is later than what is known."""
    known = engine.rows(
        f"SELECT id, last_seen FROM {ASSETS} WHERE {engine.among('id')}", (engine.listed(latest),)
    )
    later = [(asset, latest[asset]) for asset, before in known if before < latest[asset]]
    engine.update(ASSETS, ("last_seen",), later)


def _restand(context: RunContext, stored: Sequence[StoredAsset]) -> None:
    """Keep when unchanged records were in use, and correlate those again that it matters to."""
    standings = {
        each.number: standing_of(each.record)
        for each in stored
        if each.number is not None and (each.record.seen_at or each.record.first_seen_at)
    }
    kept = asset_rows.standings(context, standings)
    changed = [number for number, each in standings.items() if each != kept.get(number)]
    if not changed:
        return
    before = asset_rows.by_number(context, changed)
    after = {number: replace(row, standing=standings[number]) for number, row in before.items()}
    engine.update(
        TABLE, ("standing",), [(n, asset_rows.pack_standing(standings[n])) for n in changed]
    )
    overtaken = _overtaken(context, before, after, ())
    if overtaken:
        resolve_again(context, before={n: before[n] for n in overtaken}, after=overtaken)


def resolve_again(
    context: RunContext, *, before: Mapping[int, Row], after: Mapping[int, Row]
) -> None:
    """Correlate again after stored records changed otherwise than by what their source says.

    They lost their keys, as those that are gone do; went to another site; or a person decided
    about them.
    """
    dirty = match_keys.replace(context, before=before, after=after)
    seeds = {number: row for number, row in after.items() if not row.is_gone}
    sites = {row.site for row in (*before.values(), *after.values())}
    placement, nodes = _place(context, seeds, dirty, sites=sites, told=frozenset())
    _write(context, placement, nodes, before=before, after=after, incoming={})


def _take_changed(context: RunContext, stored: Sequence[StoredAsset]) -> None:
    fresh = [each for each in stored if each.number is None]
    numbers = iter(engine.allocate(TABLE, len(fresh)))
    incoming = {each.number or next(numbers): each for each in stored}
    before = asset_rows.by_number(context, [each.number for each in stored if each.number])
    after = {number: _row(context, number, each, before) for number, each in incoming.items()}
    context.look_up()
    dirty = match_keys.replace(context, before=before, after=after)
    context.look_up()
    seeds = {number: row for number, row in after.items() if _needs_place(row, before.get(number))}
    seeds.update(_overtaken(context, before, after, seeds))
    sites = {row.site for row in after.values()}
    placement, nodes = _place(context, seeds, dirty, sites=sites, told=incoming.keys())
    context.look_up()
    _count(context, incoming, before, placement)
    _write(context, placement, nodes, before=before, after=after, incoming=incoming)


def _write(
    context: RunContext,
    placement: Placement,
    nodes: Mapping[int, Row],
    *,
    before: Mapping[int, Row],
    after: Mapping[int, Row],
    incoming: Mapping[int, StoredAsset],
) -> None:
    """Write what differs; `nodes` are the records that correlation looked at besides."""
    bystanders = {number: row for number, row in nodes.items() if number not in after}
    difference = compute(
        context,
        before={**bystanders, **before},
        after={**bystanders, **after},
        placement=placement,
        incoming=incoming,
    )
    writing.write(context, difference, placement, incoming)


def _place(
    context: RunContext,
    seeds: Mapping[int, Row],
    dirty: Iterable[Key],
    *,
    sites: set[int],
    told: AbstractSet[int],
) -> tuple[Placement, dict[int, Row]]:
    total, rows = Placement(), {}
    taken: set[int] = set()
    by_site = {
        site: {row.record: row for row in group}
        for site, group in groupby(sorted(seeds.values(), key=_site), key=_site)
    }
    for site in sorted(sites):
        touched = closure.load(context, site, seeds=by_site.get(site, {}), keys=dirty)
        found = touched.rows
        nodes = [row.node() for row in found.values() if not row.is_gone]
        machines = resolve(nodes, touched.counts, touched.decisions)
        placed = place(machines, found, stays_out=partial(_stays_out, context, told), taken=taken)
        total.assets.update(placed.assets)
        total.links.update(placed.links)
        total.made.update(placed.made)
        rows.update(found)
    return total, rows


def _stays_out(context: RunContext, told: AbstractSet[int], row: Row) -> bool:
    """Return whether no asset is to be made of an unknown record: its own last run decides.

    One that is met on the way stays out if it has no asset; a person takes none from it.
    """
    if row.record in told:
        return context.exclude_unknown
    return row.asset is None or (context.is_run and row.excludes_unknown)


def _site(row: Row) -> int:
    return row.site


def _needs_place(row: Row, old: Row | None) -> bool:
    if old is None or old.is_gone or row.asset is None:
        return True
    return row.keys != old.keys or row.os_family != old.os_family


def _overtaken(
    context: RunContext, before: Mapping[int, Row], after: Mapping[int, Row], seeds: Iterable[int]
) -> dict[int, Row]:
    """Return the records of a name that others of their source have, which may lead it now.

    Sign-ins change with every sync; they matter only where one name has several records.
    """
    restood = [
        row
        for number, row in after.items()
        if number not in seeds and number in before and row.standing != before[number].standing
    ]
    found: dict[int, Row] = {}
    for site in {row.site for row in restood}:
        rows = [row for row in restood if row.site == site]
        shared = match_keys.shared(context, site, {key for row in rows for key in _led(row)})
        found.update({r.record: r for r in rows if shared & {(k, r.source_id) for k in _led(r)}})
    return found


def _led(row: Row) -> set[Key]:
    return {key for key in row.keys if key[0] in (Dimension.NAME, Dimension.SERIAL)}


def _row(context: RunContext, number: int, stored: StoredAsset, old: Mapping[int, Row]) -> Row:
    record = stored.record
    seen = seen_of(context, record)
    first = int(record.first_seen_at.timestamp()) if record.first_seen_at else seen
    row = Row(
        record=number,
        asset=None,
        site=context.site_id,
        source_id=context.source_id,
        foreign_id=record.id,
        feed_name=context.feed_name,
        os_family=family(record.os),
        keys=keys_of(record),
        link=Link(),
        first_seen=min(first, seen),
        last_seen=seen,
        standing=standing_of(record),
    )
    before = old.get(number)
    if before is None:
        return row
    return replace(
        row,
        asset=before.asset,
        site=before.site,
        link=before.link,
        matched_at=before.matched_at,
        first_seen=min(before.first_seen, row.first_seen),
        last_seen=max(before.last_seen, row.last_seen),
    )


def seen_of(context: RunContext, record: AssetRecord) -> int:
    """Return when a record counts as seen: as its source says, or now."""
    return int(record.seen_at.timestamp()) if record.seen_at else context.at


def _without_asset(context: RunContext, stored: Sequence[StoredAsset]) -> set[int]:
    """Records that were excluded as unknown in an earlier run, and now no longer are."""
    found = engine.rows(
        f"SELECT id FROM {TABLE} WHERE asset_id IS NULL AND {engine.among('id')}",
        (engine.listed([each.number for each in stored if each.number is not None]),),
    )
    return {row[0] for row in found}


def _count(
    context: RunContext,
    stored: Mapping[int, StoredAsset],
    old: Mapping[int, Row],
    placement: Placement,
) -> None:
    for number, each in stored.items():
        before = old.get(number)
        asset = placement.assets.get(number, before.asset if before else None)
        if asset is None:
            context.statistics.add("assets_excluded")
        elif before is not None and before.asset is not None:
            context.statistics.add("assets_changed" if each.is_changed else "assets_unchanged")
        else:
            context.statistics.add("assets_new" if asset in placement.made else "assets_matched")
