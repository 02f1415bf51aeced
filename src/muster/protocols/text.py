"""Text that a device sent, made fit to be stored, searched and shown."""

import re
from collections.abc import Iterable, Mapping

from muster.core import normalize

LONGEST = 1024
"""Longer values are cut: no banner that means something is longer, and a hostile one may be."""

MOST_IN_LIST = 256
LONGEST_LIST = 8 * 1024
LONGEST_NAME = 253
MOST_NAMES = 64

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff]+")
# What DNS, NetBIOS and mDNS allow and people use; no markup, no path, no blank at its ends.
_NAME = re.compile(r"[\w][\w .'’()-]*", re.UNICODE)


def decode(data: bytes) -> str:
    """Return bytes as text: UTF-8 where they are, else one character for each byte."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("latin-1")


def clean(value: bytes | str, *, most: int = LONGEST) -> str:
    """Return text without control characters and needless blanks, at most `most` characters."""
    text = decode(value[: most * 4]) if isinstance(value, bytes) else value[: most * 4]
    return " ".join(_CONTROLS.sub(" ", text).split())[:most].rstrip()


def joined(values: Iterable[bytes | str]) -> str:
    """Return a list as one value: cleaned, without repetition, tab-joined, in its order."""
    seen: dict[str, None] = {}
    for each in values:
        if len(seen) == MOST_IN_LIST:
            break
        text = clean(each)
        if text:
            seen[text] = None
    whole = "\t".join(seen)
    return whole if len(whole) <= LONGEST_LIST else whole[:LONGEST_LIST].rpartition("\t")[0]


def attributes(values: Mapping[str, object]) -> dict[str, str]:
    """Return attributes: text cleaned, lists joined, instants and numbers written, nulls dropped.

    A key that is told as an instant must end in `TS`, and a date-time is given as Unix seconds.
    """
    told: dict[str, str] = {}
    for key, value in values.items():
        text = _told(value)
        if text:
            told[key] = text
    return told


def _told(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | bytes):
        return clean(value)
    if isinstance(value, Iterable):
        return joined(each if isinstance(each, str | bytes) else str(each) for each in value)
    return str(value)


def name(value: bytes | str) -> str:
    """Return a host's name, "" if it cannot be one: an address, markup, or too long."""
    text = clean(value, most=LONGEST_NAME + 1).strip(".")
    if len(text) > LONGEST_NAME or not _NAME.fullmatch(text) or normalize.is_address(text):
        return ""
    return text


def names(values: Iterable[bytes | str]) -> tuple[str, ...]:
    """Return the names among the values, each once, in their order."""
    found: dict[str, None] = {}
    for each in values:
        if len(found) == MOST_NAMES:
            break
        text = name(each)
        if text:
            found[text] = None
    return tuple(found)


def macs(values: Iterable[str]) -> tuple[str, ...]:
    """Return the MACs among the values, each once; zeros, ones and groups are none."""
    found = (normalize.mac(each) for each in values)
    return tuple(dict.fromkeys(each for each in found if each and not int(each[:2], 16) & 1))


def addresses(values: Iterable[str]) -> tuple[str, ...]:
    """Return the addresses among the values, each once, without loopback and the like."""
    found = (normalize.address(each) for each in values)
    return tuple(dict.fromkeys(each for each in found if each and not _is_nobodys(each)))


def _is_nobodys(address: str) -> bool:
    return address.startswith(("127.", "0.", "fe80:", "ff")) or address in {"::", "::1"}
