"""NTLM's first two messages: asked who it is, a machine tells its names, domain and build.

Nobody logs in: the third message, the one with a user and a proof, is never sent.
Source: [MS-NLMP] 2.2.1.1, 2.2.1.2, 2.2.2.1, 2.2.2.10.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from muster.core.errors import DataError
from muster.core.normalize import NETBIOS_LENGTH
from muster.protocols import text
from muster.protocols.cursor import Cursor

SIGNATURE = b"NTLMSSP\x00"
_CHALLENGE = 2
_MOST_PAIRS = 32
_HAS_VERSION = 0x02000000
# Unicode, OEM, request target, NTLM, always sign, extended security, version, 128, 56.
_FLAGS = 0xE2088297
# SPNEGO (RFC 4178): NegTokenInit with NTLM as its one mechanism, around the message.
_SPNEGO_OID = bytes.fromhex("06062b0601050502")
_NTLM_OID = bytes.fromhex("060a2b06010401823702020a")

_NETBIOS_COMPUTER, _NETBIOS_DOMAIN, _DNS_COMPUTER, _DNS_DOMAIN, _FOREST, _TIME = 1, 2, 3, 4, 5, 7
_PAIRS: Mapping[int, str] = {
    _NETBIOS_COMPUTER: "ntlmssp.netbiosComputer",
    _NETBIOS_DOMAIN: "ntlmssp.netbiosDomain",
    _DNS_COMPUTER: "ntlmssp.dnsComputer",
    _DNS_DOMAIN: "ntlmssp.dnsDomain",
    _FOREST: "ntlmssp.dnsForest",
}
# Seconds between 1601, where Windows begins to count, and 1970.
_EPOCH = 11_644_473_600
_TICKS = 10_000_000
_SAMBA = "6.1.0"
"""Samba says this version whatever it runs on; so does no Windows that is still Windows 7 RTM."""

_HEADER = re.compile(r"\b(?:NTLM|Negotiate)\s+([A-Za-z0-9+/=]{16,16384})")


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a machine told: attributes (`ntlmssp.…`), its names, best first, and its domains."""

    attributes: dict[str, str]
    names: tuple[str, ...]
    domains: tuple[str, ...]

    def fields(self) -> dict[str, Any]:
        """Return the fields that a fact has of it."""
        return {"names": self.names, "domains": self.domains}


def negotiate() -> bytes:
    """Return the first message, which names nobody."""
    version = bytes([10, 0]) + (19041).to_bytes(2, "little") + bytes([0, 0, 0, 15])
    return (
        SIGNATURE + (1).to_bytes(4, "little") + _FLAGS.to_bytes(4, "little") + bytes(16) + version
    )


def negotiate_spnego() -> bytes:
    """Return the first message in SPNEGO, as SMB wants it."""
    token = _der(0xA2, _der(0x04, negotiate()))
    mechanisms = _der(0xA0, _der(0x30, _NTLM_OID))
    return _der(0x60, _SPNEGO_OID + _der(0xA0, _der(0x30, mechanisms + token)))


def _der(tag: int, content: bytes) -> bytes:
    size = len(content)
    length = bytes([size]) if size < 0x80 else bytes([0x81, size])  # noqa: PLR2004 - DER's short form
    return bytes([tag]) + length + content


def in_headers(value: str) -> bytes:
    """Return the message in a WWW-Authenticate header, b"" if it holds none."""
    found = _HEADER.search(value)
    try:
        return base64.b64decode(found[1], validate=True) if found else b""
    except (binascii.Error, ValueError):
        return b""


def challenge(data: bytes) -> Challenge:
    """Return what the second message says, wherever in the data it begins.

    Raises DataError if there is none.
    """
    start = data.find(SIGNATURE)
    if start < 0:
        raise DataError("the answer holds no NTLM message")
    message = data[start:]
    cursor = Cursor(message, at=len(SIGNATURE))
    if cursor.u32le() != _CHALLENGE:
        raise DataError("the NTLM message is no challenge")
    target = _field(cursor, message)
    flags = cursor.u32le()
    cursor.take(16)  # the challenge itself and what is reserved
    information = _field(cursor, message)
    version = _version(cursor) if flags & _HAS_VERSION else ""
    pairs = _pairs(information)
    return _told(pairs, target=_utf_16(target), version=version)


def _field(cursor: Cursor, message: bytes) -> bytes:
    length, _space, offset = cursor.u16le(), cursor.u16le(), cursor.u32le()
    return Cursor(message, at=offset).take(length) if length else b""


def _version(cursor: Cursor) -> str:
    major, minor, build = cursor.u8(), cursor.u8(), cursor.u16le()
    return f"{major}.{minor}.{build}"


def _pairs(data: bytes) -> dict[int, bytes]:
    cursor, found = Cursor(data), dict[int, bytes]()
    for _ in range(_MOST_PAIRS):
        if not cursor.left:
            break
        kind, size = cursor.u16le(), cursor.u16le()
        if kind == 0:
            break
        found.setdefault(kind, cursor.take(size))
    return found


def _told(pairs: Mapping[int, bytes], *, target: str, version: str) -> Challenge:
    said = {kind: _utf_16(pairs.get(kind, b"")) for kind in _PAIRS}
    told: dict[str, object] = {_PAIRS[kind]: value for kind, value in said.items()}
    told["ntlmssp.targetName"] = target
    told["ntlmssp.version"] = version
    told["ntlmssp.timestampTS"] = _instant(pairs.get(_TIME, b""))
    if version and version != _SAMBA and not version.startswith("0."):
        told["ntlmssp.osVersion"] = version
    computers = text.names([said[_DNS_COMPUTER], said[_NETBIOS_COMPUTER]])
    return Challenge(text.attributes(told), _without_cut(computers), _domains(said, computers))


def _without_cut(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names without one that is the first label of another, as NetBIOS cuts it."""
    labels = {each.split(".")[0].casefold() for each in names if "." in each}
    return tuple(
        each
        for each in names
        if "." in each or not any(label[:NETBIOS_LENGTH] == each.casefold() for label in labels)
    )


def _domains(said: Mapping[int, str], computers: tuple[str, ...]) -> tuple[str, ...]:
    """Return the domains; a machine that is in none names itself as its domain."""
    itself = {each.casefold() for each in (*computers, said[_NETBIOS_COMPUTER])}
    found = text.names([said[_DNS_DOMAIN], said[_NETBIOS_DOMAIN], said[_FOREST]])
    return tuple(each for each in found if each.casefold() not in itself)


def _utf_16(data: bytes) -> str:
    return text.clean(data[:2048].decode("utf-16-le", "replace"))


def _instant(data: bytes) -> int | None:
    if len(data) != 8:  # noqa: PLR2004 - a FILETIME
        return None
    seconds = int.from_bytes(data, "little") // _TICKS - _EPOCH
    return seconds if 0 < seconds < 2**33 else None
