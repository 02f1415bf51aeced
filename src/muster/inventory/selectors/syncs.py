"""As of when the inventory holds: when each feed was last read, and how much of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from muster.inventory.models import CollectionSync, Feed
from muster.inventory.selectors.instants import instant
from muster.organizations.scope import Scope


@dataclass(frozen=True, slots=True)
class LastSync:
    """How far one feed is known. Instants are the starts of runs; None means never.

    `complete_at` is as of when all of it is known: no collection is older. `incomplete_at` is
    when last a collection could not be read whole; `incomplete` are those which have not been
    read whole since, and `error` is why, of the last one. `left_at` is since when its credential
    opens another world: nobody reads this one, and what is known of it stays.
    """

    source: str
    instance: str
    complete_at: datetime | None
    incomplete_at: datetime | None
    incomplete: tuple[str, ...]
    error: str
    left_at: datetime | None = None


def last_syncs(scope: Scope) -> list[LastSync]:
    """Return every feed of the organization that reported anything, by source and instance."""
    by_feed: dict[int, list[CollectionSync]] = {}
    rows = CollectionSync.objects.filter(organization=scope.organization).order_by("collection")
    for row in rows:
        by_feed.setdefault(row.feed_id, []).append(row)
    feeds = Feed.objects.filter(organization=scope.organization, pk__in=by_feed)
    ordered = sorted(feeds, key=lambda feed: (feed.source, feed.instance))
    return [_last_sync(feed, by_feed[feed.pk]) for feed in ordered]


def _last_sync(feed: Feed, collections: Iterable[CollectionSync]) -> LastSync:
    rows = list(collections)
    lacking = [row for row in rows if _is_lacking(row)]
    latest = max(lacking, key=lambda row: row.incomplete_at or 0, default=None)
    complete = [row.complete_at for row in rows]
    incomplete = [row.incomplete_at for row in rows if row.incomplete_at is not None]
    is_known = all(each is not None for each in complete)
    return LastSync(
        source=feed.source,
        instance=feed.instance,
        complete_at=instant(min(each or 0 for each in complete)) if is_known else None,
        incomplete_at=instant(max(incomplete, default=None)),
        incomplete=tuple(row.collection for row in lacking),
        error=latest.error if latest else "",
        left_at=instant(feed.left_at),
    )


def _is_lacking(row: CollectionSync) -> bool:
    if row.incomplete_at is None:
        return False
    return row.complete_at is None or row.complete_at <= row.incomplete_at
