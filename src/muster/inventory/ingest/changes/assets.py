"""What a batch changes of assets and their records, as the history tells it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from muster.core.records import AssetRecord
from muster.inventory import engine
from muster.inventory.attributes import attribute_prefix
from muster.inventory.history import comparing
from muster.inventory.history.rows import Rows, stamp, write, write_new
from muster.inventory.history.telling import Change, Event, Move, Subject, Told
from muster.inventory.ingest.asset_rows import Row
from muster.inventory.ingest.changes.freshness import NewThings, joined
from muster.inventory.ingest.columns import Said
from muster.inventory.ingest.placement import Placement

if TYPE_CHECKING:
    from muster.inventory.ingest.context import RunContext
    from muster.inventory.ingest.difference import Difference, Incoming


class View(Protocol):
    """An asset as its records make it at one time."""

    @property
    def said(self) -> Sequence[Said]:
        """What its records say."""

    @property
    def columns(self) -> Mapping[str, object]:
        """What that makes of it."""


Views = Mapping[int, View]


def note(
    context: "RunContext",
    difference: "Difference",
    placement: Placement,
    incoming: "Incoming",
    *,
    was: Views,
    now: Views,
) -> None:
    """Write the history of a difference; assets that are emptied must still be there."""
    rows: Rows = {}
    for number, told in _of_records(difference, placement, incoming):
        rows[Subject.RECORD, number] = told
    for asset in was.keys() & now.keys():
        told = _of_asset(difference, asset, was[asset], now[asset])
        if told.events:
            rows[Subject.ASSET, asset] = told
    _add_sites(context, difference, rows)
    write_new(context, Subject.ASSET, placement.made.keys() & now.keys())
    _leave_out_new(context, difference, rows)
    write(context, rows)
    stamp(context, Subject.ASSET, _changed(difference, rows), at=context.at)
    _write_absorbed(context, difference, {asset: was[asset] for asset in was.keys() - now.keys()})


def _leave_out_new(context: "RunContext", difference: "Difference", rows: Rows) -> None:
    """Take out what changed of things that are new in this run: which of its batches came first.

    Where they went to is told all the same.
    """
    changed = [each for each, told in rows.items() if Event.CHANGED in told.events]
    if not changed or not context.is_run:
        return
    revision = context.revision.number(context)
    fresh = NewThings(context, revision, Subject.ASSET)
    records = {number for subject, number in changed if subject is Subject.RECORD}
    new = joined(context, revision, records)
    for subject, number in changed:
        is_record = subject is Subject.RECORD
        asset = difference.after[number].asset if is_record else number
        if asset in fresh or (is_record and number in new):
            told = rows[subject, number]
            told.events &= ~Event.CHANGED
            told.changes.clear()
            if not told.events:
                del rows[subject, number]


def _of_records(
    difference: "Difference", placement: Placement, incoming: "Incoming"
) -> Iterator[tuple[int, Told]]:
    """Yield what is told of records; one that is new is told where it joined an asset."""
    before, after = difference.before, difference.after
    is_known = bool(difference.moved) or any(number in before for number in incoming)
    bodies = _bodies(difference) if is_known else {}
    for number, stored in incoming.items():
        if number not in before:
            row = after[number]
            if row.asset is not None and row.asset not in placement.made:
                told = Told()
                told.moved(Event.JOINED, Move(None, row.asset, row.link.rule, row.link.key))
                yield number, told
            continue
        told = Told()
        if stored.is_changed and number in bodies:
            told.changed(comparing.attribute_changes(bodies[number], stored.record))
        _tell_place(told, before[number], after[number], stored.record)
        if told.events:
            yield number, told
    for number in difference.moved - incoming.keys():
        told = Told()
        _tell_place(told, before[number], after[number], bodies.get(number))
        if told.events:
            yield number, told


def _tell_place(told: Told, old: Row, new: Row, record: AssetRecord | None) -> None:
    """Tell where a record went, and whether it is gone, back, or superseded."""
    if old.is_gone != new.is_gone:
        told.add(Event.GONE if new.is_gone else Event.BACK)
    if old.asset != new.asset and new.asset is not None:
        event = Event.JOINED if old.asset is None else Event.MOVED
        told.moved(event, Move(old.asset, new.asset, new.link.rule, new.link.key))
    was, is_now = old.link.superseded_by is not None, new.link.superseded_by is not None
    if was != is_now and not new.is_gone and record is not None:
        prefix = attribute_prefix(record.source, record.kind)
        words = ("true", "") if was else ("", "true")
        told.changed([Change(f"{prefix}match.superseded", *words)])


def _bodies(difference: "Difference") -> dict[int, AssetRecord]:
    return {each.row.record: each.record for said in difference.was.values() for each in said}


def _of_asset(difference: "Difference", asset: int, was: View, now: View) -> Told:
    """Return what is told of an asset that stays: its own columns, and records that left it."""
    told = Told()
    held = {each.row.record: each.row for each in was.said}
    holds = {each.row.record for each in now.said}
    is_same = held.keys() == holds
    if was.columns != now.columns:
        told.changed(comparing.column_changes(was.columns, now.columns, is_same_records=is_same))
    if is_same:
        said = ([each.record for each in view.said] for view in (was, now))
        told.changed(comparing.list_changes(*said))
    for number in held.keys() - holds:
        row = held[number]
        target = difference.after[number].asset
        told.moved(
            Event.LEFT,
            Move(asset, target, source_id=row.source_id, foreign_id=row.foreign_id),
        )
    return told


def _add_sites(context: "RunContext", difference: "Difference", rows: Rows) -> None:
    """Tell of the assets that a person brought to another site."""
    moves = {
        new.asset: (old.site, new.site)
        for number, old in difference.before.items()
        if (new := difference.after[number]).site != old.site and new.asset == old.asset
    }
    if not moves:
        return
    names = dict(
        engine.rows(
            "SELECT id, name FROM organizations_site WHERE organization_id = %s",
            (context.organization_id,),
        )
    )
    for asset, (left, reached) in moves.items():
        if asset is not None:
            told = rows.setdefault((Subject.ASSET, asset), Told())
            told.changed([Change("_asset.site", names.get(left, ""), names.get(reached, ""))])


def _changed(difference: "Difference", rows: Rows) -> set[int]:
    """Return the assets that something is told of."""
    found = (
        number if subject is Subject.ASSET else difference.after[number].asset
        for subject, number in rows
    )
    return {asset for asset in found if asset is not None}


def _write_absorbed(context: "RunContext", difference: "Difference", emptied: Views) -> None:
    """Keep which asset went up in which, under the id by which people may still know it."""
    heirs = {asset: heir(difference, view) for asset, view in emptied.items()}
    if not any(heirs.values()):
        return
    uids = dict(
        engine.rows(
            f"SELECT id, uid FROM inventory_asset WHERE organization_id = %s"
            f" AND {engine.among('id')}",
            (context.organization_id, engine.listed(heirs)),
        )
    )
    revision = context.revision.number(context)
    engine.insert(
        "history_absorbed",
        ("organization_id", "asset_id", "into_id", "uid", "name", "revision_id"),
        [
            (
                *(context.organization_id, asset, into, str(UUID(str(uids[asset])))),
                *(str(emptied[asset].columns["name"]), revision),
            )
            for asset, into in heirs.items()
            if into is not None
        ],
    )


def heir(difference: "Difference", view: View) -> int | None:
    """Return the asset that the first of its records went to."""
    first = min(view.said, key=lambda each: (each.row.is_gone, each.row.order))
    return difference.after[first.row.record].asset
