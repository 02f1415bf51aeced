"""Reading the inventory by scope: rows of a page, one asset whole, and the counts of a summary."""

from muster.inventory.selectors.asset_detail import AssetDetail, Person, RecordDetail, asset_detail
from muster.inventory.selectors.attribute_values import RECORD_FIELDS, attribute_values
from muster.inventory.selectors.coverage import Coverage, coverage
from muster.inventory.selectors.decided_acts import DecidedAct, decided_acts
from muster.inventory.selectors.explaining import Explanation, KeyDetail, Outcome, explanations
from muster.inventory.selectors.kept_facets import KeptFacets, kept_facets
from muster.inventory.selectors.pages import asset_rows, group_rows, service_rows, user_rows
from muster.inventory.selectors.syncs import LastSync, last_syncs

__all__ = [
    "RECORD_FIELDS",
    "AssetDetail",
    "Coverage",
    "DecidedAct",
    "Explanation",
    "KeptFacets",
    "KeyDetail",
    "LastSync",
    "Outcome",
    "Person",
    "RecordDetail",
    "asset_detail",
    "asset_rows",
    "attribute_values",
    "coverage",
    "decided_acts",
    "explanations",
    "group_rows",
    "kept_facets",
    "last_syncs",
    "service_rows",
    "user_rows",
]
