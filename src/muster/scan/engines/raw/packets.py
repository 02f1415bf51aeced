"""Frames as bytes: SYNs and what finishes a handshake, ARP, and neighbour discovery.

Sources: RFC 9293 (TCP), RFC 826 (ARP), RFC 4861 (neighbour discovery), RFC 1071 (checksums).
"""

import socket
import struct
from typing import NamedTuple

FIN, SYN, RST, ACK = 0x01, 0x02, 0x04, 0x10

ETH_IPV4, ETH_ARP, ETH_IPV6 = 0x0800, 0x0806, 0x86DD
_TCP, _ICMPV6 = 6, 58
_MSS_OPTION = b"\x02\x04\x05\xb4"
_MSS_SUM = 0x0204 + 0x05B4
_SYN_BYTES, _PLAIN_BYTES = 24, 20
_WINDOW = 64_240
_HOPS = 64
_SOLICITATION, _ADVERTISEMENT = 135, 136
_BROADCAST = b"\xff" * 6
_ADDRESS_BYTES = {4: 4, 6: 16}

_V4 = struct.Struct("!24sH4s4sHHIIHHHH")
"""A whole frame: what never changes up to the time to live, then checksum, addresses and TCP."""
_V6 = struct.Struct("!6s6sHIHBB16s16s")
_V6_HEAD = struct.Struct("!HIHBB")
_TCP_HEAD = struct.Struct("!HHIIHHHH")
_ARP = struct.Struct("!6s6sHHHBBH6s4s6s4s")
_SEGMENT = struct.Struct("!HHIIBB")
_PLAIN_V4 = struct.Struct("!H4xB3x4s4xHHIIBB")


class Segment(NamedTuple):
    """What of a received TCP segment matters."""

    source: bytes
    source_port: int
    port: int
    sequence: int
    acknowledged: int
    flags: int
    ttl: int
    length: int
    """How far the sequence number moves with its content, without SYN and FIN."""


class Template:
    """All SYNs (and what follows them) from one of our addresses to one neighbour.

    What is the same in each is summed up once, so that a packet costs a few additions.
    """

    def __init__(self, *, to_mac: bytes, from_mac: bytes, source: bytes, port: int) -> None:
        """Prepare frames from `source` and `port` that leave through `from_mac`."""
        self._is_v4 = len(source) == 4  # noqa: PLR2004 - bytes of an address
        self._macs = to_mac + from_mac
        self._source = source
        self._port = port
        self._base = address_sum(source) + _TCP + port + _WINDOW
        self._heads = {size: self._head(size) for size in (_SYN_BYTES, _PLAIN_BYTES)}

    def syn(self, target: bytes, port: int, sequence: int) -> bytes:
        """Return the frame that asks whether a port is open."""
        return self._frame(target, port, sequence, 0, SYN, _SYN_BYTES) + _MSS_OPTION

    def segment(
        self, target: bytes, port: int, sequence: int, acknowledged: int, flags: int
    ) -> bytes:
        """Return a frame without content: an acknowledgement, perhaps with a FIN."""
        return self._frame(target, port, sequence, acknowledged, flags, _PLAIN_BYTES)

    def _frame(  # noqa: PLR0917 - called for every packet, where keywords cost
        self, target: bytes, port: int, sequence: int, acknowledged: int, flags: int, size: int
    ) -> bytes:
        """Return a frame but for its options, whose checksum it has already."""
        to = address_sum(target)
        offset = size << 10 | flags
        total = (
            self._base + to + size + port + offset
            + (sequence >> 16) + (sequence & 0xFFFF)
            + (acknowledged >> 16) + (acknowledged & 0xFFFF)
        )  # fmt: skip
        if size == _SYN_BYTES:
            total += _MSS_SUM
        head, head_sum = self._heads[size]
        if self._is_v4:
            return _V4.pack(
                head, _folded(head_sum + to), self._source, target, self._port, port, sequence,
                acknowledged, offset, _WINDOW, _folded(total), 0,
            )  # fmt: skip
        tcp = _TCP_HEAD.pack(
            self._port, port, sequence, acknowledged, offset, _WINDOW, _folded(total), 0
        )
        return head + self._source + target + tcp

    def _head(self, size: int) -> tuple[bytes, int]:
        """Return what a frame begins with, and the sum of it for IPv4's checksum."""
        if not self._is_v4:
            return self._macs + _V6_HEAD.pack(ETH_IPV6, 6 << 28, size, _TCP, _HOPS), 0
        # Version and length, total length, "do not fragment", hops and TCP.
        words = (0x4500, 20 + size, 0, 0x4000, _HOPS << 8 | _TCP)
        head = self._macs + struct.pack("!6H", ETH_IPV4, *words)
        return head, sum(words) + address_sum(self._source)


def read_segment(frame: bytes) -> Segment | None:
    """Return the TCP segment in a frame; None if it holds none."""
    if len(frame) < 54:  # noqa: PLR2004 - Ethernet, IPv4 and TCP without options
        return None
    kind = frame[12] << 8 | frame[13]
    if kind == ETH_IPV4 and frame[14] == 0x45 and frame[23] == _TCP:  # noqa: PLR2004
        # No options, as almost always: one call reads it all.
        (size, ttl, source, source_port, port, sequence, acknowledged, offset, flags) = (
            _PLAIN_V4.unpack_from(frame, 16)
        )
        length = max(0, size - 20 - (offset >> 4) * 4)
        return Segment(source, source_port, port, sequence, acknowledged, flags, ttl, length)
    if kind == ETH_IPV4 and frame[23] == _TCP:
        start = 14 + (frame[14] & 0xF) * 4
        size = 14 + (frame[16] << 8 | frame[17])
        source, ttl = frame[26:30], frame[22]
    elif kind == ETH_IPV6 and frame[20] == _TCP and len(frame) >= 74:  # noqa: PLR2004
        start, size = 54, 54 + (frame[18] << 8 | frame[19])
        source, ttl = frame[22:38], frame[21]
    else:
        return None
    if len(frame) < start + 20:
        return None
    source_port, port, sequence, acknowledged, offset, flags = _SEGMENT.unpack_from(frame, start)
    length = max(0, size - start - (offset >> 4) * 4)
    return Segment(source, source_port, port, sequence, acknowledged, flags, ttl, length)


def arp_request(*, from_mac: bytes, source: bytes, target: bytes) -> bytes:
    """Return the frame that asks everybody who has an IPv4 address."""
    return _ARP.pack(
        _BROADCAST, from_mac, ETH_ARP, 1, ETH_IPV4, 6, 4, 1, from_mac, source, bytes(6), target
    )


def read_arp_reply(frame: bytes) -> tuple[bytes, bytes] | None:
    """Return the address and MAC that a frame tells of; None if it is no ARP reply."""
    if len(frame) < _ARP.size:
        return None
    given = _ARP.unpack_from(frame)
    if given[2:8] != (ETH_ARP, 1, ETH_IPV4, 6, 4, 2):
        return None
    return given[9], given[8]


def solicitation(*, from_mac: bytes, source: bytes, target: bytes) -> bytes:
    """Return the frame that asks the group of an IPv6 address who has it."""
    group = bytes.fromhex("ff0200000000000000000001ff") + target[13:]
    body = struct.pack("!BBHI16sBB6s", _SOLICITATION, 0, 0, 0, target, 1, 1, from_mac)
    total = _sum(source) + _sum(group) + len(body) + _ICMPV6 + _sum(body)
    body = body[:2] + struct.pack("!H", _folded(total)) + body[4:]
    head = _V6.pack(
        b"\x33\x33" + group[12:], from_mac, ETH_IPV6, 6 << 28, len(body), _ICMPV6, 255, source,
        group,
    )  # fmt: skip
    return head + body


def read_advertisement(frame: bytes) -> tuple[bytes, bytes] | None:
    """Return the address and MAC that a frame tells of; None if it is no advertisement."""
    if len(frame) < 78 or frame[12:14] != b"\x86\xdd" or frame[20] != _ICMPV6:  # noqa: PLR2004
        return None
    if frame[54] != _ADVERTISEMENT or frame[21] != 255:  # noqa: PLR2004 - RFC 4861: from the link
        return None
    options = frame[78:]
    mac = options[2:8] if len(options) >= 8 and options[0] == 2 else frame[6:12]  # noqa: PLR2004
    return frame[62:78], mac


def packed(address: str) -> bytes:
    """Return an address as bytes."""
    return socket.inet_pton(socket.AF_INET6 if ":" in address else socket.AF_INET, address)


def unpacked(address: bytes) -> str:
    """Return bytes as an address."""
    return socket.inet_ntop(socket.AF_INET if len(address) == 4 else socket.AF_INET6, address)  # noqa: PLR2004


def mac_text(mac: bytes) -> str:
    """Return a MAC as it is written."""
    return mac.hex(":")


def address_sum(address: bytes) -> int:
    """Add up the 16-bit words of an address; runs for every packet, so IPv4 goes first."""
    if len(address) == 4:  # noqa: PLR2004 - bytes of IPv4
        number = int.from_bytes(address)
        return (number >> 16) + (number & 0xFFFF)
    return _sum(address)


def _sum(data: bytes) -> int:
    """Add up 16-bit words; all of it is of even length here."""
    number = int.from_bytes(data)
    total = 0
    while number:
        total += number & 0xFFFF
        number >>= 16
    return total


def _folded(total: int) -> int:
    total = (total >> 16) + (total & 0xFFFF)
    return ((total >> 16) + total & 0xFFFF) ^ 0xFFFF
