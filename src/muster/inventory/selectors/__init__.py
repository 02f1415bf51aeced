"""Reading the inventory by scope: rows of a page, one asset whole, and the counts of a summary."""

from muster.inventory.selectors.asset_detail import AssetDetail, Person, RecordDetail, asset_detail
from muster.inventory.selectors.attribute_values import RECORD_FIELDS, attribute_values
from muster.inventory.selectors.coverage import Coverage, coverage
from muster.inventory.selectors.decided_acts import DecidedAct, decided_acts
from muster.inventory.selectors.directory_detail import (
    GroupDetail,
    Linked,
    Links,
    UserDetail,
    group_detail,
    user_detail,
)
from muster.inventory.selectors.explaining import Explanation, KeyDetail, Outcome, explanations
from muster.inventory.selectors.history import (
    History,
    HistoryEntry,
    LinkDetail,
    MoveDetail,
    ReportPage,
    ReportRow,
    asset_history,
    group_history,
    run_changes,
    run_counts,
    user_history,
)
from muster.inventory.selectors.kept_facets import KeptFacets, kept_facets
from muster.inventory.selectors.pages import asset_rows, group_rows, service_rows, user_rows
from muster.inventory.selectors.syncs import LastSync, last_syncs
from muster.inventory.selectors.whole import (
    WholeAsset,
    WholeGroup,
    WholeService,
    WholeUser,
    key_of,
    whole_assets,
    whole_groups,
    whole_services,
    whole_users,
)

__all__ = [
    "RECORD_FIELDS",
    "AssetDetail",
    "Coverage",
    "DecidedAct",
    "Explanation",
    "GroupDetail",
    "History",
    "HistoryEntry",
    "KeptFacets",
    "KeyDetail",
    "LastSync",
    "LinkDetail",
    "Linked",
    "Links",
    "MoveDetail",
    "Outcome",
    "Person",
    "RecordDetail",
    "ReportPage",
    "ReportRow",
    "UserDetail",
    "WholeAsset",
    "WholeGroup",
    "WholeService",
    "WholeUser",
    "asset_detail",
    "asset_history",
    "asset_rows",
    "attribute_values",
    "coverage",
    "decided_acts",
    "explanations",
    "group_detail",
    "group_history",
    "group_rows",
    "kept_facets",
    "key_of",
    "last_syncs",
    "run_changes",
    "run_counts",
    "service_rows",
    "user_detail",
    "user_history",
    "user_rows",
    "whole_assets",
    "whole_groups",
    "whole_services",
    "whole_users",
]
