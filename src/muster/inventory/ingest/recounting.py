"""Counting what a run that was taken up again has told: some of it may have been told twice."""

from muster.inventory import engine
from muster.inventory.ingest.context import RunContext

_OTHERS = {
    "inventory_assetsource": ("assets_new", "assets_matched", "assets_changed", "assets_excluded"),
    "inventory_directoryuser": ("users_new", "users_changed"),
    "inventory_directorygroup": ("groups_new", "groups_changed"),
}
_UNCHANGED = {
    "inventory_assetsource": "assets_unchanged",
    "inventory_directoryuser": "users_unchanged",
    "inventory_directorygroup": "groups_unchanged",
}
_TOLD = {"membership": "memberships", "ownership": "ownerships"}


def recount(context: RunContext) -> None:
    """Count by the rows what was told, each once.

    Who is told again is unchanged since the first time, so what is new or changed needs no
    correction.
    """
    statistics = context.statistics
    for table, name in _UNCHANGED.items():
        others = sum(getattr(statistics, each) for each in _OTHERS[table])
        setattr(statistics, name, max(0, _seen(context, table) - others))
    for table, name in _TOLD.items():
        setattr(statistics, name, _seen(context, table))


def _seen(context: RunContext, table: str) -> int:
    found = engine.rows(
        f"SELECT COUNT(*) FROM {table} WHERE organization_id = %s AND feed_id = %s AND run_id = %s",
        (context.organization_id, context.feed_id, context.run_id),
    )
    return int(found[0][0])
