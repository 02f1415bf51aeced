"""What a batch changes: every asset it touches, as it was and as it is to be."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from muster.core.records import AssetRecord
from muster.correlate import Link
from muster.inventory.ingest import asset_rows, bodies
from muster.inventory.ingest.asset_rows import RECORDS, Row
from muster.inventory.ingest.columns import Said
from muster.inventory.ingest.context import RunContext
from muster.inventory.ingest.known import Stored
from muster.inventory.ingest.placement import Placement

Incoming = Mapping[int, Stored[AssetRecord]]
Rows = dict[int, Row]
SaidByAsset = dict[int, list[Said]]


@dataclass(slots=True)
class Difference:
    """`before` and `after` are records by number, `was` and `now` the same by asset.

    `moved` are the stored records whose place, reason or being gone changes.
    """

    before: Rows
    after: Rows
    moved: set[int]
    was: SaidByAsset = field(default_factory=dict)
    now: SaidByAsset = field(default_factory=dict)


def compute(
    context: RunContext, *, before: Rows, after: Rows, placement: Placement, incoming: Incoming
) -> Difference:
    """Return the difference; `before` has the stored records only, `after` also the new ones."""
    after = {number: _placed(row, placement) for number, row in after.items()}
    difference = Difference(before=before, after=after, moved=_moved(before, after))
    touched = difference.moved | incoming.keys()
    affected = _assets(before, touched) | _assets(after, touched)
    _add_others(context, difference, affected - placement.made.keys())
    affected |= _assets(difference.after, difference.moved)
    _say(difference, affected, incoming)
    return difference


def _placed(row: Row, placement: Placement) -> Row:
    if row.record not in placement.assets:
        return row
    link = placement.links.get(row.record, Link())
    return replace(row, asset=placement.assets[row.record], link=link)


def _moved(before: Rows, after: Rows) -> set[int]:
    return {number for number, row in before.items() if _place(row) != _place(after[number])}


def _place(row: Row) -> tuple[object, ...]:
    return row.asset, row.link, row.is_gone


def _assets(rows: Rows, numbers: Iterable[int]) -> set[int]:
    places = (rows[number].asset for number in numbers if number in rows)
    return {asset for asset in places if asset is not None}


def _add_others(context: RunContext, difference: Difference, assets: set[int]) -> None:
    """Add the records of touched assets that correlation did not look at.

    Those that are gone follow where the live ones of their asset went.
    """
    heirs = _heirs(difference)
    for number, row in asset_rows.by_asset(context, assets).items():
        if number in difference.before:
            continue
        difference.before[number] = difference.after[number] = row
        if row.is_gone and row.asset in heirs:
            difference.after[number] = replace(row, asset=heirs[row.asset])
            difference.moved.add(number)


def _heirs(difference: Difference) -> dict[int | None, int]:
    """Return, for each asset that loses all its live records, the asset that gets the first."""
    staying = {row.asset for row in difference.after.values() if not row.is_gone}
    leaving = sorted(
        (number for number in difference.moved if difference.before[number].asset not in staying),
        key=lambda number: difference.before[number].order,
        reverse=True,
    )
    heirs: dict[int | None, int] = {}
    for number in leaving:
        target = difference.after[number].asset
        if target is not None and target != difference.before[number].asset:
            heirs[difference.before[number].asset] = target
    return heirs


def _say(difference: Difference, affected: set[int], incoming: Incoming) -> None:
    stored = [
        number
        for number, row in difference.before.items()
        if row.asset in affected or difference.after[number].asset in affected
    ]
    records = bodies.read(RECORDS, stored)
    for number in stored:
        _put(difference.was, difference.before[number], records[number])
    for number, row in difference.after.items():
        if row.asset in affected:
            is_incoming = number in incoming
            _put(difference.now, row, incoming[number].record if is_incoming else records[number])


def _put(said: SaidByAsset, row: Row, record: object) -> None:
    if row.asset is not None and isinstance(record, AssetRecord):
        said.setdefault(row.asset, []).append(Said(row=row, record=record))
