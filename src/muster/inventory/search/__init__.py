"""The only reader by query: compiles a query to set-based SQL for both engines and runs it."""

from muster.inventory.facet import Facet, FacetValue
from muster.inventory.search.compiling.keys import known_attributes
from muster.inventory.search.facets import LARGEST_FACET, facets
from muster.inventory.search.finding.paging import orders
from muster.inventory.search.searching import (
    LARGEST_PAGE,
    MOST_COUNTED,
    TIME_LIMIT,
    Count,
    Page,
    count,
    ids,
    ids_behind,
    search,
)

__all__ = [
    "LARGEST_FACET",
    "LARGEST_PAGE",
    "MOST_COUNTED",
    "TIME_LIMIT",
    "Count",
    "Facet",
    "FacetValue",
    "Page",
    "count",
    "facets",
    "ids",
    "ids_behind",
    "known_attributes",
    "orders",
    "search",
]
