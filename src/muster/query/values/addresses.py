"""Addresses as 16 bytes, and what people type for one, many, or a part of one."""

import ipaddress
import re
from dataclasses import dataclass

_PART = re.compile(r"(?P<octets>[0-9]{1,3}(?:\.[0-9]{1,3}){0,2})(?:\.(?:[%*](?:\.[%*])*)?)?")
_PART_6 = re.compile(r"(?P<groups>[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){0,6}):[%*]?")
_MAPPED = b"\x00" * 10 + b"\xff\xff"
_OCTETS, _GROUPS, _GROUP_DIGITS = 4, 8, 4
_LARGEST_OCTET = 255


@dataclass(frozen=True, slots=True)
class Range:
    """Packed addresses from `low` to `high`, both included."""

    low: bytes
    high: bytes


def packed(address: str) -> bytes | None:
    """Return an address as 16 bytes, IPv4 as ::ffff:a.b.c.d; None if it is none."""
    try:
        return _packed(ipaddress.ip_address(address.strip().split("%", 1)[0]))
    except ValueError:
        return None


def ranges(text: str) -> tuple[Range, ...] | None:
    """Return the ranges that typed text means; None if it means none.

    `::/0` is every IPv6 address and no IPv4 one, though those lie among them when packed.
    """
    folded = text.strip().casefold()
    return whole_ranges(folded) or _part(folded) or _part_6(folded)


def whole_ranges(text: str) -> tuple[Range, ...] | None:
    """Return the ranges of an address, CIDR or range; None for a part of an address too."""
    if "/" in text:
        return _network(text)
    if "-" in text:
        return _between(text)
    one = packed(text)
    return None if one is None else (Range(one, one),)


def holds(within: tuple[Range, ...], address: bytes) -> bool:
    """True if any of the ranges has the packed address."""
    return any(each.low <= address <= each.high for each in within)


def _packed(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bytes:
    return _MAPPED + address.packed if address.version == _OCTETS else address.packed


def _network(text: str) -> tuple[Range, ...] | None:
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None
    low, high = _packed(network.network_address), _packed(network.broadcast_address)
    return _without_mapped(low, high) if network.version != _OCTETS else (Range(low, high),)


def _without_mapped(low: bytes, high: bytes) -> tuple[Range, ...]:
    first, last = _MAPPED + b"\x00" * _OCTETS, _MAPPED + b"\xff" * _OCTETS
    if not (low < first and last < high):
        return (Range(low, high),)
    return (Range(low, _before(first)), Range(_after(last), high))


def _before(address: bytes) -> bytes:
    return (int.from_bytes(address) - 1).to_bytes(16)


def _after(address: bytes) -> bytes:
    return (int.from_bytes(address) + 1).to_bytes(16)


def _between(text: str) -> tuple[Range, ...] | None:
    first, last = (each.strip() for each in text.split("-", 1))
    if last.isascii() and last.isdigit() and first.count(".") == _OCTETS - 1:
        last = f"{first.rsplit('.', 1)[0]}.{last}"
    low, high = packed(first), packed(last)
    if low is None or high is None or low > high or (":" in first) != (":" in last):
        return None
    return (Range(low, high),) if ":" not in first else _without_mapped(low, high)


def _part(text: str) -> tuple[Range, ...] | None:
    matched = _PART.fullmatch(text)
    if matched is None:
        return None
    octets = [int(each) for each in matched["octets"].split(".")]
    if max(octets) > _LARGEST_OCTET:
        return None
    start, missing = bytes(octets), _OCTETS - len(octets)
    return (Range(_MAPPED + start + b"\x00" * missing, _MAPPED + start + b"\xff" * missing),)


def _part_6(text: str) -> tuple[Range, ...] | None:
    matched = _PART_6.fullmatch(text)
    if matched is None:
        return None
    groups = [each.zfill(_GROUP_DIGITS) for each in matched["groups"].split(":")]
    start, missing = bytes.fromhex("".join(groups)), 2 * (_GROUPS - len(groups))
    return _without_mapped(start + b"\x00" * missing, start + b"\xff" * missing)


def _networks(*texts: str) -> tuple[Range, ...]:
    return tuple(each for text in texts for each in ranges(text) or ())


def _outside(inside: tuple[Range, ...], *, of: Range) -> tuple[Range, ...]:
    """Return the gaps that sorted ranges leave in a larger one."""
    gaps: list[Range] = []
    at = of.low
    for each in sorted(inside, key=lambda range_: range_.low):
        if at < each.low:
            gaps.append(Range(at, _before(each.low)))
        if each.high >= of.high:
            return tuple(gaps)
        at = max(at, _after(each.high))
    return (*gaps, Range(at, of.high))


PRIVATE = _networks("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
ANY = (Range(b"\x00" * 16, b"\xff" * 16),)
IPV6 = _networks("::/0")
_NOT_PUBLIC_4 = _networks(
    *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"),
    *("172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15"),
    *("198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3"),
)
PUBLIC_4 = _outside(_NOT_PUBLIC_4, of=_networks("0.0.0.0/0")[0])
PUBLIC = PUBLIC_4 + _outside(_networks("2001:db8::/32"), of=_networks("2000::/3")[0])
"""Addresses that routers of the internet carry; see IANA's special-purpose registries."""

SETS = {"any": ANY, "ipv6": IPV6, "private": PRIVATE, "public": PUBLIC, "public_4": PUBLIC_4}
