"""When each collection of a feed was last reported, as a whole and as part of one."""

from muster.core.records import CollectionReport
from muster.inventory import engine
from muster.inventory.attributes import clean
from muster.inventory.ingest.context import RunContext

LONGEST_ERROR = 2000

_COMPLETE = (
    "INSERT INTO inventory_collectionsync"
    " (organization_id, feed_id, collection, complete_at, incomplete_at, error)"
    " VALUES (%s, %s, %s, %s, NULL, '') ON CONFLICT (organization_id, feed_id, collection)"
    " DO UPDATE SET complete_at = excluded.complete_at,"
    # The same run said so when it was broken off, and went on.
    " incomplete_at = NULLIF(inventory_collectionsync.incomplete_at, excluded.complete_at)"
    " WHERE inventory_collectionsync.complete_at IS NULL"
    " OR inventory_collectionsync.complete_at <= excluded.complete_at"
)
_INCOMPLETE = (
    "INSERT INTO inventory_collectionsync"
    " (organization_id, feed_id, collection, complete_at, incomplete_at, error)"
    " VALUES (%s, %s, %s, NULL, %s, %s) ON CONFLICT (organization_id, feed_id, collection)"
    " DO UPDATE SET incomplete_at = excluded.incomplete_at, error = excluded.error"
    " WHERE inventory_collectionsync.incomplete_at IS NULL"
    " OR inventory_collectionsync.incomplete_at <= excluded.incomplete_at"
)


def note(context: RunContext, report: CollectionReport) -> None:
    """Keep that a collection was reported; replaying an older run changes nothing."""
    key = (context.organization_id, context.feed_id, str(report.collection), context.at)
    if report.complete:
        engine.execute(_COMPLETE, key)
    else:
        engine.execute(_INCOMPLETE, (*key, clean(report.error, limit=LONGEST_ERROR)))
