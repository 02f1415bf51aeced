"""Saying what went, where it is more than changes from day to day, or not what it looks like."""

from dataclasses import dataclass

from muster.core.records import Collection
from muster.inventory import engine
from muster.inventory.ingest.context import RunContext
from muster.inventory.ingest.statistics import Notice

MOST_UNSAID = 20
"""So many things may go at once without a word, whatever share of all they are."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """Where the things of one collection are, which of them count, and what is counted as new."""

    table: str
    where: str
    new: tuple[str, ...]


_LIVE = " AND gone_at IS NULL"
_COLLECTIONS = {
    Collection.ASSETS: _Kept("inventory_assetsource", _LIVE, ("assets_new", "assets_matched")),
    Collection.USERS: _Kept("inventory_directoryuser", _LIVE, ("users_new",)),
    Collection.GROUPS: _Kept("inventory_directorygroup", _LIVE, ("groups_new",)),
    Collection.MEMBERSHIPS: _Kept("membership", "", ()),
    Collection.OWNERSHIPS: _Kept("ownership", "", ()),
}


def judge(context: RunContext, collection: Collection) -> None:
    """Put a notice into the statistics of a run if a collection that is whole lost too much.

    That is, more than it kept; or something that is no longer seen since the settings changed.
    To be called with the sweep, so that what it took is not left unsaid by a run that is killed.
    """
    context.judged.add(collection)
    lost = sum(_counted(context, f"{collection}_{how}") for how in ("gone", "deselected"))
    if not lost or collection not in _COLLECTIONS:
        return
    if collection in context.changed:
        context.statistics.notices.append(_deselected(context, collection, lost))
    if lost > MOST_UNSAID:
        _judge_many(context, collection, _COLLECTIONS[collection], lost)


def judge_rest(context: RunContext) -> None:
    """Do so for the collections of which no sweep took anything, but the source said what went."""
    for collection in _COLLECTIONS.keys() - context.judged:
        judge(context, collection)


def _deselected(context: RunContext, collection: Collection, lost: int) -> Notice:
    return Notice(
        f"{collection} of {context.feed_name} were no longer seen after the task's settings"
        " changed; they may be there still",
        {"number": lost, "settings": context.changed[collection]},
    )


def _judge_many(context: RunContext, collection: Collection, kept: _Kept, lost: int) -> None:
    """Compare with what was there before and still is; what is new makes up for nothing."""
    there = engine.rows(
        f"SELECT COUNT(*) FROM {kept.table}"
        f" WHERE organization_id = %s AND feed_id = %s{kept.where}",
        (context.organization_id, context.feed_id),
    )[0][0]
    left = max(0, there - sum(_counted(context, each) for each in kept.new))
    if lost <= left:
        return
    context.statistics.add("sudden_losses")
    context.statistics.notices.append(
        Notice(
            f"most {collection} of {context.feed_name} are no longer there",
            {"gone": lost, "left": left},
        )
    )


def _counted(context: RunContext, name: str) -> int:
    return int(getattr(context.statistics, name, 0))
