"""Putting a term into a query that is there already."""

from muster.core.errors import QueryError
from muster.query.ast import Operator, Or, Value
from muster.query.catalogue import catalogue
from muster.query.parse import parse
from muster.query.printing import keyword_text, value_text


def narrowed(search: str, keyword: str, value: str) -> str:
    """Return the query with one more thing that must hold: that the keyword has just this value."""
    term = f"{keyword_text(keyword)}:{value_text(Value.literal(value), Operator.EQUAL)}"
    if not search.strip():
        return term
    if term in search:
        return search
    return f"({search}) {term}" if _is_choice(search) else f"{search} {term}"


def mended(error: QueryError, inventory: str) -> tuple[str, str]:
    """Return the nearest keyword to one that there is not, and the query with it; or twice ""."""
    if error.position is None:
        return "", ""
    start = error.position
    keyword, colon, _rest = error.text[start : start + error.length].partition(":")
    known = catalogue(inventory)
    word = keyword.strip('"( ')
    if not colon or not word or known.field(word) is not None:
        return "", ""
    nearest = known.nearest(word)
    if nearest is None:
        return "", ""
    at = error.text.index(word, start)
    return nearest, error.text[:at] + nearest + error.text[at + len(word) :]


def _is_choice(search: str) -> bool:
    """True if something beside the query would bind tighter than what is in it."""
    try:
        return isinstance(parse(search).root, Or)
    except QueryError:
        return True
