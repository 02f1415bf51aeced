"""MAC addresses and parts of them as people type them."""

import re

from muster.core import normalize
from muster.query.ast import Value, Wildcard

_SEPARATORS = re.compile(r"[:.\-\s]")
_WHOLE = re.compile(
    r"[0-9A-Fa-f]{2}([:-]?)(?:[0-9A-Fa-f]{2}\1){4}[0-9A-Fa-f]{2}|(?:[0-9A-Fa-f]{4}\.){2}[0-9A-Fa-f]{4}"
)
_DIGITS = re.compile(r"[0-9a-f]{2,12}")


def spelled(value: Value) -> Value:
    """Return a MAC or a part of one in the spelling of the index, `aa:bb:cc:dd:ee:ff`.

    Text that is no MAC, and literals between wildcards, only have their separators replaced.
    """
    if not value.has_wildcards():
        return Value.literal(_paired(value.plain()))
    return Value(
        tuple(
            each if isinstance(each, Wildcard) else each.casefold().replace("-", ":")
            for each in value.pieces
        )
    )


def whole(value: Value) -> Value:
    """Return a whole MAC in the spelling of the index, and other text as it is."""
    canonical = normalize.mac(value.plain()) if _WHOLE.fullmatch(value.plain().strip()) else ""
    return Value.literal(canonical) if canonical else value


def is_whole(spelled: Value) -> bool:
    """True if it is all of a MAC: no other contains it, and the index need not be searched."""
    text = spelled.plain()
    return not spelled.has_wildcards() and text != "" and normalize.mac(text) == text


def _paired(text: str) -> str:
    folded = text.strip().casefold()
    digits = _SEPARATORS.sub("", folded)
    if not _DIGITS.fullmatch(digits):
        return folded.replace("-", ":")
    pairs = ":".join(digits[at : at + 2] for at in range(0, len(digits), 2))
    return f"{pairs}:" if folded.endswith((":", "-")) else pairs
