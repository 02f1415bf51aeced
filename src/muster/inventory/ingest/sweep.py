"""What a complete collection means: what it no longer saw is gone from its source.

Never called for a collection that was not reported complete.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from muster.core.records import Collection
from muster.inventory import engine
from muster.inventory.ingest import asset_rows, assets, directory, links, services
from muster.inventory.ingest.asset_rows import TABLE
from muster.inventory.ingest.context import RunContext

_SCANS = 1
_BATCH = 1000


def sweep_assets(context: RunContext) -> None:
    """Mark records as gone that a complete run no longer saw, and correlate without them.

    A scan only speaks for what it scanned: what it did not see is not gone.
    """
    if context.source_id == _SCANS:
        return
    unseen = engine.rows(
        f"SELECT id FROM {TABLE} WHERE organization_id = %s AND feed_id = %s AND run_id <> %s"
        " AND gone_at IS NULL ORDER BY id",
        (context.organization_id, context.feed_id, context.run_id),
    )
    numbers = [row[0] for row in unseen]
    is_deselected = Collection.ASSETS in context.changed
    for start in range(0, len(numbers), _BATCH):
        _mark_gone(context, numbers[start : start + _BATCH], is_deselected=is_deselected)
    context.statistics.add("assets_deselected" if is_deselected else "assets_gone", len(numbers))


def remove_assets(context: RunContext, foreign_ids: Sequence[str]) -> None:
    """Mark records as gone of which their source says so, and correlate without them."""
    rows = asset_rows.by_foreign_id(context, {context.feed_id: foreign_ids})
    numbers = sorted(number for number, row in rows.items() if not row.is_gone)
    for start in range(0, len(numbers), _BATCH):
        _mark_gone(context, numbers[start : start + _BATCH], is_deselected=False)
    context.statistics.add("assets_gone", len(numbers))


def _mark_gone(context: RunContext, numbers: list[int], *, is_deselected: bool) -> None:
    before = asset_rows.by_number(context, numbers)
    engine.execute(
        f"UPDATE {TABLE} SET gone_at = %s, is_deselected = %s WHERE {engine.among('id')}",
        (context.at, is_deselected, engine.listed(numbers)),
    )
    after = {
        number: replace(row, keys=frozenset(), gone_at=context.at) for number, row in before.items()
    }
    assets.resolve_again(context, before=before, after=after)


SWEEPS: Mapping[Collection, Callable[[RunContext], None]] = {
    Collection.ASSETS: sweep_assets,
    Collection.SERVICES: services.sweep,
    Collection.USERS: directory.sweep_users,
    Collection.GROUPS: directory.sweep_groups,
    Collection.MEMBERSHIPS: links.sweep_memberships,
    Collection.OWNERSHIPS: links.sweep_ownerships,
}
