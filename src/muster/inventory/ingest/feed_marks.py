"""What a run leaves behind of its feed for whoever comes after, in the transaction of its batch."""

from muster.inventory import engine
from muster.inventory.ingest.context import RunContext
from muster.inventory.ingest.statistics import Statistics

_FEED = "organization_id = %s AND id = %s"
_COUNTED = (
    *("memberships", "memberships_gone", "groups_new"),
    # A device may be the member that was taken for a user.
    *("assets_new", "assets_matched", "assets_excluded"),
)


def note_exclusion(context: RunContext) -> None:
    """Keep what is made of unknown assets: other runs meet records of this feed too."""
    engine.execute(
        f"UPDATE inventory_feed SET excludes_unknown = %s WHERE {_FEED} AND excludes_unknown <> %s",
        (context.exclude_unknown, *_key(context), context.exclude_unknown),
    )


def told_of_members(statistics: Statistics) -> int:
    """Return a number that grows with whatever may change how many users a group has."""
    return sum(getattr(statistics, each) for each in _COUNTED)


def unsettle(context: RunContext) -> None:
    """Keep that users of groups are to be counted, should this run not get there."""
    engine.execute(
        f"UPDATE inventory_feed SET is_unsettled = TRUE WHERE {_FEED} AND NOT is_unsettled",
        _key(context),
    )


def settle(context: RunContext) -> bool:
    """Return whether users of groups are to be counted, and keep that they are now."""
    changed = engine.execute(
        f"UPDATE inventory_feed SET is_unsettled = FALSE WHERE {_FEED} AND is_unsettled",
        _key(context),
    )
    return changed > 0


def _key(context: RunContext) -> tuple[int, int]:
    return context.organization_id, context.feed_id
