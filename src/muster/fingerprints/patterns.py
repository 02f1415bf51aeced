r"""Patterns in Ruby's flavour, as recog writes them, run so that none can hang.

Where Ruby differs from Python: `^` and `$` always stand at lines, `m` lets the dot match line
ends, `\h` is a hexadecimal digit, `\Z` may stand before a last line end and `\z` may not, and
`\d`, `\s` and `\w` are ASCII. The `regex` library knows the rest (possessive quantifiers, atomic
groups, POSIX classes, a flag that holds from where it stands) and takes a timeout, which `re`
does not: a file from a stranger may hold a pattern that would run for hours.
"""

import re
from collections.abc import Iterable, Mapping

import regex

from muster.core.errors import DataError

LONGEST_PATTERN = 4096
LONGEST_TEXT = 8192
"""A banner is cut here before it is matched."""

SECONDS_PER_PATTERN = 0.25

_FLAGS: Mapping[str, int] = {
    "REG_ICASE": regex.IGNORECASE,
    "REG_DOT_NEWLINE": regex.DOTALL,
    "REG_LINE_ANY_CRLF": regex.DOTALL,
    "REG_MULTILINE": regex.DOTALL,
    "REG_EXTENDED": 0,
}
_REWRITTEN = re.compile(
    r"""
    (?P<escaped> \\. )
    | (?P<flags> \(\? (?: [imx]+ (?:-[imx]+)? | -[imx]+ ) [:)] )
    | (?P<bracket> \[ (?!:) | \] )
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPES = {r"\Z": r"(?=\n?\Z)", r"\z": r"\Z", r"\h": "[0-9a-fA-F]", r"\H": "[^0-9a-fA-F]"}
_ESCAPES_IN_SET = {r"\h": "0-9a-fA-F"}


class GivesUpError(Exception):
    """The pattern took too long for this text."""


def compiled(pattern: str, flags: str = "") -> "regex.Pattern[str]":
    """Return a Ruby pattern compiled. Raises DataError if it is none, or longer than sense."""
    if len(pattern) > LONGEST_PATTERN:
        raise DataError(f"the pattern has {len(pattern)} characters: {pattern[:60]}…")
    try:
        return regex.compile(
            rewritten(pattern),
            _flags(flags.split(",")) | regex.MULTILINE | regex.ASCII | regex.VERSION1,
            cache_pattern=False,
        )
    except (regex.error, OverflowError, RecursionError, ValueError) as error:
        raise DataError(f"the pattern {pattern[:80]!r} cannot be read: {error}") from error


def search(pattern: "regex.Pattern[str]", text: str) -> "regex.Match[str] | None":
    """Return the first match. Raises GivesUpError where that would take too long."""
    try:
        return pattern.search(text, timeout=SECONDS_PER_PATTERN)
    except TimeoutError as error:
        raise GivesUpError(pattern.pattern[:80]) from error


def rewritten(pattern: str) -> str:
    """Return a Ruby pattern as the `regex` library reads it."""
    depth = 0

    def replace(found: re.Match[str]) -> str:
        nonlocal depth
        text = found.group()
        if found["escaped"]:
            return (_ESCAPES_IN_SET if depth else _ESCAPES).get(text, text)
        if found["bracket"]:
            depth = max(0, depth + (1 if text == "[" else -1))
            return text
        return text if depth else text.replace("m", "s")

    return _REWRITTEN.sub(replace, pattern)


def _flags(names: Iterable[str]) -> int:
    value = 0
    for name in filter(None, (each.strip() for each in names)):
        if name not in _FLAGS:
            raise DataError(
                f"there is no flag {name[:40]!r}", hint=f"There are {', '.join(_FLAGS)}."
            )
        value |= _FLAGS[name]
    return value
