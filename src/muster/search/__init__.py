"""Searching every inventory: the one service that console, API and command line call."""

from muster.inventory.search import LARGEST_PAGE, MOST_COUNTED, TIME_LIMIT, Count, Facet, FacetValue
from muster.search.columns import Column
from muster.search.found import Found
from muster.search.service import as_of, columns, count, every, facets, find, inventories, orders
from muster.search.whole import WholePage, every_whole, whole_page

__all__ = [
    "LARGEST_PAGE",
    "MOST_COUNTED",
    "TIME_LIMIT",
    "Column",
    "Count",
    "Facet",
    "FacetValue",
    "Found",
    "WholePage",
    "as_of",
    "columns",
    "count",
    "every",
    "every_whole",
    "facets",
    "find",
    "inventories",
    "orders",
    "whole_page",
]
