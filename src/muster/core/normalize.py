"""One spelling for names, addresses and attribute values, whatever the source wrote."""

import ipaddress
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

NETBIOS_LENGTH = 15

_MAC_DIGITS = re.compile(r"[^0-9a-f]")
_MAC_LENGTH = 12
_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")


def short_name(name: str) -> str:
    """Return a host name's first label, case-folded; "" for an address or nothing usable.

    The same machine is `WS-0042`, `ws-0042.corp.example` and `ws-0042.local` to three sources.
    """
    folded = name.strip().strip(".").casefold()
    if is_address(folded):
        return ""
    return folded.split(".", 1)[0].strip()


def is_address(text: str) -> bool:
    """True if the text is an IPv4 or IPv6 address."""
    # Most texts are names, and to try those as addresses costs ten times this look.
    may_be = ":" in text or text.lstrip()[:1].isdigit()
    return may_be and address(text) != ""


def address(text: str) -> str:
    """Return the address in its canonical spelling without a zone, "" if it is none."""
    try:
        return str(ipaddress.ip_address(text.strip().split("%", 1)[0]))
    except ValueError:
        return ""


def mac(text: str) -> str:
    """Return a MAC as `aa:bb:cc:dd:ee:ff`, "" if it is none or all zeros or ones."""
    digits = _MAC_DIGITS.sub("", text.casefold())
    if len(digits) != _MAC_LENGTH or digits in {"0" * _MAC_LENGTH, "f" * _MAC_LENGTH}:
        return ""
    return ":".join(digits[at : at + 2] for at in range(0, _MAC_LENGTH, 2))


def unix_seconds(text: str) -> str | None:
    """Return an ISO 8601 instant as Unix seconds in text; None if it is none.

    Graph writes up to seven decimals and a year 0001 for "never", which is dropped.
    """
    instant = instant_of(text)
    return None if instant is None else str(int(instant.timestamp()))


def instant_of(text: str) -> datetime | None:
    """Return an ISO 8601 instant as an aware UTC datetime; None for no instant or for year 1."""
    if not _DATE_TIME.match(text):
        return None
    try:
        instant = datetime.fromisoformat(text)
        if instant.tzinfo is not UTC:
            instant = instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return instant if instant.year > 1 else None


def flatten(document: Mapping[str, Any], *, prefix: str = "") -> dict[str, str]:
    """Return a JSON object as flat text attributes.

    Dotted keys; nulls and empty lists dropped; booleans `true`/`false`; date-times become
    `<name>TS` in Unix seconds; lists tab-joined; a list of objects becomes
    `<singular>.<field>s` with one tab-joined value per field.
    """
    flat: dict[str, str] = {}
    _flatten_into(flat, prefix, document)
    return flat


def _flatten_into(flat: dict[str, str], prefix: str, document: Mapping[str, Any]) -> None:
    # Runs for every attribute of every record: exact types, commonest first, and no calls for
    # plain text, which make it three times as fast as asking each value what it is.
    for name, value in document.items():
        kind = type(value)
        if kind is str:
            if value[10:11] == "T" and _DATE_TIME.match(value):
                _flatten_instant(flat, prefix + name, value)
            elif value:
                flat[prefix + name] = value
        elif kind is bool:
            flat[prefix + name] = "true" if value else "false"
        elif kind is dict:
            _flatten_into(flat, f"{prefix}{name}.", value)
        elif kind is list:
            if value:
                _flatten_list(flat, prefix + name, value)
        elif value is not None:
            flat[prefix + name] = _scalar(value)


def _flatten_instant(flat: dict[str, str], key: str, value: str) -> None:
    seconds = unix_seconds(value)
    if seconds is not None:
        flat[f"{key}TS"] = seconds


def _flatten_list(flat: dict[str, str], key: str, values: Sequence[object]) -> None:
    scalars = [_scalar(each) for each in values if each is not None and not _is_nested(each)]
    if scalars:
        flat[key] = "\t".join(scalars)
    if len(scalars) < len(values):
        _flatten_objects(flat, key, values)


def _flatten_objects(flat: dict[str, str], key: str, values: Sequence[object]) -> None:
    columns: dict[str, list[str]] = {}
    for each in values:
        if isinstance(each, dict):
            for name, text in flatten(each).items():
                columns.setdefault(name, []).append(text)
    singular = key.removesuffix("s") if len(key) > 1 else key
    for name, texts in columns.items():
        flat[f"{singular}.{name}s"] = "\t".join(texts)


def _is_nested(value: object) -> bool:
    return isinstance(value, dict | list)


def _scalar(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).replace("\t", " ")
