"""What a run could see beside what the last complete one could: other settings, another world.

What is not seen under other settings need not have left its source, and what a credential no
longer opens is no longer read at all. Neither may look as if things had vanished.
"""

from collections.abc import Mapping

import orjson

from muster.core.records import Collection
from muster.inventory import engine
from muster.inventory.ingest.context import RunContext
from muster.inventory.ingest.statistics import Notice

READER = "credential"
"""A setting whose values say nothing to a person."""

_SYNC = "organization_id = %s AND feed_id = %s AND collection = %s"
_KEPT = {
    "assets": "inventory_assetsource",
    "users": "inventory_directoryuser",
    "groups": "inventory_directorygroup",
}


def note(context: RunContext, collection: Collection) -> None:
    """Keep under which settings a collection is whole, and in the context how they changed.

    To be called when it was reported complete, before anything of it is swept.
    """
    if context.settings is None:
        return
    key = (context.organization_id, context.feed_id, str(collection))
    packed = orjson.dumps(dict(context.settings), option=orjson.OPT_SORT_KEYS).decode()
    [[kept]] = engine.rows(f"SELECT settings FROM inventory_collectionsync WHERE {_SYNC}", key)
    if kept == packed:
        return
    if kept:
        context.changed[collection] = _difference(orjson.loads(kept), context.settings)
    engine.execute(
        f"UPDATE inventory_collectionsync SET settings = %s WHERE {_SYNC}", (packed, *key)
    )


def leave_others(context: RunContext) -> None:
    """Say of other worlds that this run's credential opened before that nobody reads them now."""
    if not context.reader:
        return
    engine.execute(
        "UPDATE inventory_feed SET reader = %s, left_at = NULL"
        " WHERE organization_id = %s AND id = %s AND (reader <> %s OR left_at IS NOT NULL)",
        (context.reader, context.organization_id, context.feed_id, context.reader),
    )
    left = engine.rows(
        "SELECT f.id, f.source, f.instance FROM inventory_feed f JOIN inventory_feed mine"
        " ON mine.organization_id = f.organization_id AND mine.source = f.source"
        " WHERE mine.id = %s AND f.organization_id = %s AND f.id <> mine.id AND f.reader = %s"
        " AND f.left_at IS NULL ORDER BY f.id",
        (context.feed_id, context.organization_id, context.reader),
    )
    for feed, source, instance in left:
        engine.execute(
            "UPDATE inventory_feed SET left_at = %s WHERE organization_id = %s AND id = %s",
            (context.at, context.organization_id, feed),
        )
        context.statistics.add("feeds_left")
        context.statistics.notices.append(
            Notice(
                f"{source}:{instance} is no longer synced: the credential opens another one now."
                " What is known of it stays",
                {"opens": context.feed_name, **_known(context, feed)},
            )
        )


def _known(context: RunContext, feed: int) -> dict[str, int]:
    return {
        name: engine.rows(
            f"SELECT COUNT(*) FROM {table} WHERE organization_id = %s AND feed_id = %s"
            " AND gone_at IS NULL",
            (context.organization_id, feed),
        )[0][0]
        for name, table in _KEPT.items()
    }


def _difference(old: Mapping[str, str], new: Mapping[str, str]) -> str:
    changed = [name for name in sorted({*old, *new}) if old.get(name, "") != new.get(name, "")]
    return ", ".join(
        name if name == READER else f"{name} was '{old.get(name, '')}', is '{new.get(name, '')}'"
        for name in changed
    )
