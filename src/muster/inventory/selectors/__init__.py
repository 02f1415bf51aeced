"""Reading the inventory by scope: rows of a page, one asset whole, and the counts of a summary."""

from muster.inventory.selectors.asset_detail import AssetDetail, Person, RecordDetail, asset_detail
from muster.inventory.selectors.coverage import Coverage, coverage
from muster.inventory.selectors.pages import asset_rows, group_rows, user_rows

__all__ = [
    "AssetDetail",
    "Coverage",
    "Person",
    "RecordDetail",
    "asset_detail",
    "asset_rows",
    "coverage",
    "group_rows",
    "user_rows",
]
