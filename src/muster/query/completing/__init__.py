"""Completion: what may stand at a place in a query. Pure; an inventory fills in its values."""

from muster.query.completing.complete import MOST_SUGGESTED, complete
from muster.query.completing.completion import Completion, Suggestion, SuggestionKind
from muster.query.completing.wanted import Wanted, WantedKind

__all__ = [
    "MOST_SUGGESTED",
    "Completion",
    "Suggestion",
    "SuggestionKind",
    "Wanted",
    "WantedKind",
    "complete",
]
