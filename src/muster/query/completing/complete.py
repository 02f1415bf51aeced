"""What may stand at the cursor, from the grammar and the catalogue."""

from collections.abc import Iterable, Iterator
from itertools import islice

from muster.query.completing.completion import Completion, Suggestion, SuggestionKind
from muster.query.completing.keywords import attributes_wanted, keywords
from muster.query.completing.places import KeywordPlace, ValuePlace, place_at
from muster.query.completing.values import values
from muster.query.parse import LONGEST_QUERY_BYTES, is_typable

MOST_SUGGESTED = 20

_CONNECTIVES = {"AND": "both hold", "OR": "one of them holds", "NOT": "it does not hold"}


def complete(text: str, cursor: int, inventory: str, *, limit: int = MOST_SUGGESTED) -> Completion:
    """Return what may stand at the cursor, which counts characters, and what it replaces.

    Text that cannot be a query at all gets no suggestions. Raises QueryError if there is no such
    inventory.
    """
    at = max(0, min(cursor, len(text)))
    if len(text) > LONGEST_QUERY_BYTES or not is_typable(text):
        return Completion(at, at)
    suggestions: list[Suggestion]
    match place_at(text, at):
        case KeywordPlace() as place:
            suggestions = _connectives(place)
            if not place.is_before_term:
                suggestions += keywords(place.typed, inventory)
            wanted = attributes_wanted(place.typed, inventory)
        case ValuePlace() as place:
            suggestions, wanted = values(place, inventory)
        case None:
            return Completion(at, at)
    fitting = _fitting(suggestions, text, len(text[place.start : place.end].encode()))
    return Completion(place.start, place.end, tuple(islice(fitting, limit)), wanted)


def _connectives(place: KeywordPlace) -> list[Suggestion]:
    typed = place.typed.upper()
    return [
        Suggestion(f"{each} ", SuggestionKind.CONNECTIVE, _CONNECTIVES[each])
        for each in place.connectives
        if each.startswith(typed)
    ]


def _fitting(suggestions: Iterable[Suggestion], text: str, replaced: int) -> Iterator[Suggestion]:
    """Yield each once, but none that would make the query too long."""
    room = LONGEST_QUERY_BYTES - len(text.encode()) + replaced
    seen: set[str] = set()
    for each in suggestions:
        if each.text not in seen and len(each.text.encode()) <= room:
            seen.add(each.text)
            yield each
