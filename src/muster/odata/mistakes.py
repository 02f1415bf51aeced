"""What people write instead of OData, and the right word for it."""

import difflib
from collections.abc import Iterable

OPERATOR_WORDS = ("eq", "ne", "gt", "ge", "lt", "le", "has", "in", "and", "or")
FUNCTION_WORDS = ("startsWith", "endsWith", "contains")

LONGEST_SHOWN = 60

SYMBOLS = {
    "==": "`eq`",
    "===": "`eq`",
    "=": "`eq`",
    "!=": "`ne`",
    "<>": "`ne`",
    "<=": "`le`",
    ">=": "`ge`",
    "=>": "`ge`",
    "=<": "`le`",
    "<": "`lt`",
    ">": "`gt`",
    "&&": "`and`",
    "&": "`and`",
    "||": "`or`",
    "|": "`or`",
    "!": "`not(...)`",
}

_OPERATOR_HINTS = {
    "like": "Graph has no `like`: write startsWith({left},'text').",
    "ilike": "Graph has no `like`: write startsWith({left},'text').",
    "match": "Graph has no patterns: write startsWith({left},'text').",
    "matches": "Graph has no patterns: write startsWith({left},'text').",
    "is": "Write `eq`; a missing value is `{left} eq null`.",
    "isnot": "Write `ne`; a present value is `{left} ne null`.",
    "equals": "Write `eq`.",
    "equal": "Write `eq`.",
    "gte": "Write `ge`.",
    "lte": "Write `le`.",
    "neq": "Write `ne`.",
    "xor": "Graph knows `and`, `or` and `not` only.",
    "between": "Write `{left} ge a and {left} le b`.",
    "notin": "Write not({left} in (...)).",
    "not": "`not` stands before a condition: not({left} in ('a','b')).",
    "startswith": "A function stands first: startsWith({left},'text').",
    "endswith": "A function stands first: endsWith({left},'text').",
    "contains": "A function stands first: contains({left},'text').",
}

_FUNCTION_HINTS = {
    "substringof": "`substringof` is of OData 2 and 3; its successor is contains(property,'text').",
    "like": "Write startsWith(property,'text').",
    "tolower": "Text is compared without regard to case; leave `tolower` out.",
    "toupper": "Text is compared without regard to case; leave `toupper` out.",
    "any": "`any` needs the collection before it: physicalIds/any(p:p eq 'value').",
    "all": "`any` needs the collection before it: physicalIds/any(p:p eq 'value').",
    "count": "Write collection/$count eq 0.",
}

_OLD_LITERALS = {
    "datetime": "Write the date-time without quotes: 2026-11-01T00:00:00Z.",
    "datetimeoffset": "Write the date-time without quotes: 2026-11-01T00:00:00Z.",
    "date": "Write the date without quotes: 2026-11-01.",
    "time": "Write the time without quotes: 13:20:00.",
    "guid": "Write the GUID without the word and, for text properties, in plain quotes.",
    "x": "Write binary'...' with base64 inside.",
    "n": "Write the text in plain single quotes.",
}


def short(text: str) -> str:
    """Return the text, cut where it would make a message unreadable."""
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}..."


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the known word that `word` was likely meant to be, "" if none is near."""
    by_folded = {each.casefold(): each for each in known}
    close = difflib.get_close_matches(word.casefold()[:100], by_folded, n=1, cutoff=0.7)
    return by_folded[close[0]] if close else ""


def operator_hint(word: str, left: str) -> str:
    """Say what to write instead of an operator that OData does not have."""
    hint = _OPERATOR_HINTS.get(word.casefold())
    if hint is not None:
        return hint.format(left=short(left) or "property")
    return _did_you_mean(word, OPERATOR_WORDS) or f"Operators are {', '.join(OPERATOR_WORDS)}."


def function_hint(word: str) -> str:
    """Say what to write instead of a function that Graph does not have."""
    hint = _FUNCTION_HINTS.get(word.casefold())
    listing = f"Functions are {', '.join(FUNCTION_WORDS)}."
    return hint or _did_you_mean(word, FUNCTION_WORDS) or listing


def typed_literal_hint(prefix: str) -> str:
    """Say what to write instead of a quoted value with an unknown word before it."""
    folded = prefix.casefold()
    if folded in OPERATOR_WORDS:
        return f"Put a space after `{prefix}`."
    return _OLD_LITERALS.get(folded, "Write the text in plain single quotes: 'text'.")


def _did_you_mean(word: str, known: tuple[str, ...]) -> str:
    near = nearest(word, known)
    return f"Did you mean `{near}`?" if near else ""
