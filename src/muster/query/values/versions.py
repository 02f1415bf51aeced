"""Comparing versions: text whose numbers count as numbers."""

import re
from functools import lru_cache

_RUN = re.compile(r"([0-9]+)")
_PADDED = re.compile(r"0*([0-9]{10})")
_TRAILING_ZEROS = re.compile(r"(\.0+)+\Z")
_PADDING = "000000000"


@lru_cache(maxsize=10_000)
def version_key(text: str) -> str:
    """Return text that sorts by code points as the version does.

    Each run of digits is padded to ten, and trailing `.0` is dropped, so that 10.0 is 10. The
    same three replacements are made in SQL; change them together. Kept, as an inventory has few
    versions and a search asks for each of them very often.
    """
    short = _TRAILING_ZEROS.sub("", text)
    return _PADDED.sub(r"\1", _RUN.sub(rf"{_PADDING}\1", short))


def is_version(text: str) -> bool:
    """True if the text starts with a digit, as everything that can be compared so does."""
    return text[:1].isascii() and text[:1].isdigit()
