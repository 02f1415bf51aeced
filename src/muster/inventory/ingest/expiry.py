"""Removing what retention lets go, for good: records with all that hangs on them.

An asset stays as long as it has a record; what remains is correlated again as if the others had
never been.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from operator import itemgetter

from muster.correlate import Link
from muster.inventory import engine, history
from muster.inventory.history import Subject
from muster.inventory.ingest import asset_rows, assets, bodies, links, services
from muster.inventory.ingest.asset_rows import RECORDS, TABLE, Row
from muster.inventory.ingest.context import RunContext

Rows = dict[int, Row]


def remove_records(context: RunContext, numbers: Sequence[int]) -> None:
    """Remove records of assets, and with its last record an asset.

    To be called in a transaction that is alone in the organization.
    """
    before = asset_rows.by_number(context, numbers)
    held = {row.asset for row in before.values() if row.asset is not None}
    # Without an asset and without keys a record is nowhere; what that leaves is written as always.
    after = {
        number: replace(row, asset=None, keys=frozenset(), gone_at=context.at)
        for number, row in before.items()
    }
    # Whoever reads them from now on is not to take them for evidence.
    engine.execute(
        f"UPDATE {TABLE} SET gone_at = %s"
        f" WHERE organization_id = %s AND gone_at IS NULL AND {engine.among('id')}",
        (context.at, context.organization_id, engine.listed(before)),
    )
    others = {
        number: row
        for number, row in asset_rows.by_asset(context, held).items()
        if number not in before
    }
    left = _left_alone(others, before)
    assets.resolve_again(
        context,
        before={**before, **left},
        after={**after, **{n: replace(row, link=Link()) for n, row in left.items()}},
    )
    _delete(context, before)
    history.forget(context, Subject.ASSET, held - {row.asset for row in others.values()})


def _left_alone(others: Rows, going: Rows) -> Rows:
    """Return the records, gone already, whose reason to be of their asset is one that goes."""
    return {
        number: row
        for number, row in others.items()
        if row.is_gone and ({row.link.with_record, row.link.superseded_by} & going.keys())
    }


def _delete(context: RunContext, rows: Mapping[int, Row]) -> None:
    services.remove(context, services.of_records(context, rows))
    feeds = engine.rows(
        f"SELECT feed_id, foreign_id FROM {TABLE}"
        f" WHERE organization_id = %s AND {engine.among('id')} ORDER BY feed_id",
        (context.organization_id, engine.listed(rows)),
    )
    for feed, group in groupby(feeds, key=itemgetter(0)):
        links.delete(context, feed, links.OF_ASSETS, [row[1] for row in group])
    history.forget(context, Subject.RECORD, rows)
    bodies.delete(RECORDS, rows)
    engine.execute(
        f"DELETE FROM {TABLE} WHERE organization_id = %s AND {engine.among('id')}",
        (context.organization_id, engine.listed(rows)),
    )
