"""Reading what changed: of one thing, newest first, and by one run."""

from muster.inventory.selectors.history.entries import (
    HistoryEntry,
    LinkDetail,
    MoveDetail,
)
from muster.inventory.selectors.history.reports import (
    REPORTED,
    ReportPage,
    ReportRow,
    run_changes,
    run_counts,
)
from muster.inventory.selectors.history.things import (
    History,
    asset_history,
    group_history,
    user_history,
)

__all__ = [
    "REPORTED",
    "History",
    "HistoryEntry",
    "LinkDetail",
    "MoveDetail",
    "ReportPage",
    "ReportRow",
    "asset_history",
    "group_history",
    "run_changes",
    "run_counts",
    "user_history",
]
