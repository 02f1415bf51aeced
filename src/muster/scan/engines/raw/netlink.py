"""What the kernel knows of interfaces, addresses and routes, asked by netlink.

Source: rtnetlink(7), <linux/rtnetlink.h>, <linux/if_link.h>.
"""

import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address

Address = IPv4Address | IPv6Address

# Kinds of attributes: of a link, of an address, of a route.
_HARDWARE_ADDRESS, _NAME = 1, 3
_PEER, _LOCAL = 1, 2
_NETWORK, _INTERFACE, _GATEWAY, _METRIC, _TABLE = 1, 4, 5, 6, 15

_GET_LINK, _GET_ADDRESS, _GET_ROUTE = 18, 22, 26
_NEW_LINK, _NEW_ADDRESS, _NEW_ROUTE, _DONE, _ERROR = 16, 20, 24, 3, 2
_REQUEST, _DUMP = 0x1, 0x300
_HEADER = struct.Struct("=IHHII")
_ATTRIBUTE = struct.Struct("=HH")
_ETHERNET = 1
_UP = 0x1
_MAIN_TABLE = 254
_UNICAST = 1
_TENTATIVE = 0x40
_BYTES = 1 << 18
_FAMILIES = {socket.AF_INET: 4, socket.AF_INET6: 6}


@dataclass(frozen=True, slots=True)
class Link:
    """An interface of the machine; `mac` is empty where it is no Ethernet."""

    index: int
    name: str
    mac: bytes
    is_up: bool


@dataclass(frozen=True, slots=True)
class OwnAddress:
    """An address of the machine itself, and the length of its network's prefix."""

    link: int
    address: Address
    prefix: int
    is_link_local: bool


@dataclass(frozen=True, slots=True)
class Route:
    """A network, the link it lies behind, and the router to it; None where it is attached."""

    version: int
    network: int
    prefix: int
    link: int
    gateway: Address | None
    metric: int


def links() -> dict[int, Link]:
    """Return the interfaces by their numbers."""
    found = {}
    for kind, body in _dump(_GET_LINK, struct.pack("=BxHiII", 0, 0, 0, 0, 0)):
        if kind != _NEW_LINK:
            continue
        _family, hardware, index, flags, _change = struct.unpack_from("=BxHiII", body)
        given = dict(_attributes(body[16:]))
        mac = given.get(_HARDWARE_ADDRESS, b"") if hardware == _ETHERNET else b""
        found[index] = Link(index, given[_NAME].rstrip(b"\0").decode(), mac, bool(flags & _UP))
    return found


def own_addresses() -> list[OwnAddress]:
    """Return the machine's addresses, less those that are not yet its own."""
    found = []
    for kind, body in _dump(_GET_ADDRESS, struct.pack("=BBBBI", 0, 0, 0, 0, 0)):
        if kind != _NEW_ADDRESS:
            continue
        _family, prefix, flags, _scope, link = struct.unpack_from("=BBBBI", body)
        given = dict(_attributes(body[8:]))
        packed = given.get(_LOCAL) or given.get(_PEER)
        if packed and not flags & _TENTATIVE:
            address = ip_address(packed)
            found.append(OwnAddress(link, address, prefix, address.is_link_local))
    return found


def routes() -> list[Route]:
    """Return the unicast routes of the main table, longest prefix first, best metric first."""
    found = []
    for kind, body in _dump(_GET_ROUTE, struct.pack("=BBBBBBBBI", 0, 0, 0, 0, 0, 0, 0, 0, 0)):
        if kind == _NEW_ROUTE and (route := _route(body)) is not None:
            found.append(route)
    return sorted(found, key=lambda each: (-each.prefix, each.metric))


def _route(body: bytes) -> Route | None:
    family, prefix, _source, _tos, table, _protocol, _scope, kind, _flags = struct.unpack_from(
        "=BBBBBBBBI", body
    )
    given = dict(_attributes(body[12:]))
    number = struct.unpack("=I", given[_TABLE])[0] if _TABLE in given else table
    is_ours = family in _FAMILIES and kind == _UNICAST and number == _MAIN_TABLE
    if not is_ours or _INTERFACE not in given:
        return None
    return Route(
        version=_FAMILIES[family],
        network=int.from_bytes(given.get(_NETWORK, b""), "big"),
        prefix=prefix,
        link=struct.unpack("=i", given[_INTERFACE])[0],
        gateway=ip_address(given[_GATEWAY]) if _GATEWAY in given else None,
        metric=struct.unpack("=I", given[_METRIC])[0] if _METRIC in given else 0,
    )


def _dump(kind: int, body: bytes) -> Iterator[tuple[int, bytes]]:
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) as asked:
        asked.settimeout(5)
        head = _HEADER.pack(_HEADER.size + len(body), kind, _REQUEST | _DUMP, 1, 0)
        asked.send(head + body)
        while True:
            for answer, content in _messages(asked.recv(_BYTES)):
                if answer in {_DONE, _ERROR}:
                    return
                yield answer, content


def _messages(data: bytes) -> Iterator[tuple[int, bytes]]:
    while len(data) >= _HEADER.size:
        length, kind, _flags, _sequence, _pid = _HEADER.unpack_from(data)
        if length < _HEADER.size:
            return
        yield kind, data[_HEADER.size : length]
        data = data[_aligned(length) :]


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    while len(data) >= _ATTRIBUTE.size:
        length, kind = _ATTRIBUTE.unpack_from(data)
        if length < _ATTRIBUTE.size:
            return
        yield kind & 0x3FFF, data[_ATTRIBUTE.size : length]
        data = data[_aligned(length) :]


def _aligned(length: int) -> int:
    return (length + 3) & ~3
