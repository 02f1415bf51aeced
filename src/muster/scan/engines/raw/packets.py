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
_WINDOW = 64_240
_HOPS = 64
_SOLICITATION, _ADVERTISEMENT = 135, 136
_BROADCAST = b"\xff" * 6
_ADDRESS_BYTES = {4: 4, 6: 16}

_V4 = struct.Struct("!6s6sHBBHHHBBH4s4s")
_V6 = struct.Struct("!6s6sHIHBB16s16s")
_TCP_HEAD = struct.Struct("!HHIIBBHHH")
_ARP = struct.Struct("!6s6sHHHBBH6s4s6s4s")
_SEGMENT = struct.Struct("!HHIIBB")


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
        self._version = 4 if len(source) == 4 else 6  # noqa: PLR2004 - bytes of an address
        self._macs = (to_mac, from_mac)
        self._source = source
        self._port = port
        self._source_sum = _sum(source) + _TCP + port

    def syn(self, target: bytes, port: int, sequence: int) -> bytes:
        """Return the frame that asks whether a port is open."""
        tcp = self._tcp(target, port, sequence, 0, SYN, _MSS_OPTION)
        return self._ip(target, len(tcp)) + tcp

    def segment(
        self, target: bytes, port: int, sequence: int, acknowledged: int, flags: int
    ) -> bytes:
        """Return a frame without content: an acknowledgement, perhaps with a FIN."""
        tcp = self._tcp(target, port, sequence, acknowledged, flags, b"")
        return self._ip(target, len(tcp)) + tcp

    def _tcp(  # noqa: PLR0917 - called for every packet, where keywords cost
        self,
        target: bytes,
        port: int,
        sequence: int,
        acknowledged: int,
        flags: int,
        options: bytes,
    ) -> bytes:
        offset = (20 + len(options)) << 2
        total = (
            self._source_sum
            + _sum(target)
            + (20 + len(options))
            + port
            + (sequence >> 16)
            + (sequence & 0xFFFF)
            + (acknowledged >> 16)
            + (acknowledged & 0xFFFF)
            + (offset << 8 | flags)
            + _WINDOW
            + (0x07B8 if options else 0)
        )
        head = _TCP_HEAD.pack(
            self._port, port, sequence, acknowledged, offset, flags, _WINDOW, _folded(total), 0
        )
        return head + options

    def _ip(self, target: bytes, length: int) -> bytes:
        if self._version == 6:  # noqa: PLR2004
            return _V6.pack(
                *self._macs, ETH_IPV6, 6 << 28, length, _TCP, _HOPS, self._source, target
            )
        size = 20 + length
        # Version and length, total length, "do not fragment", hops and TCP.
        total = 0x4500 + size + 0x4000 + (_HOPS << 8 | _TCP) + _sum(self._source) + _sum(target)
        return _V4.pack(
            *self._macs, ETH_IPV4, 0x45, 0, size, 0, 0x4000, _HOPS, _TCP, _folded(total),
            self._source, target,
        )  # fmt: skip


def read_segment(frame: bytes) -> Segment | None:
    """Return the TCP segment in a frame; None if it holds none."""
    if len(frame) < 54:  # noqa: PLR2004 - Ethernet, IPv4 and TCP without options
        return None
    kind = frame[12] << 8 | frame[13]
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


def _sum(data: bytes) -> int:
    """Add up 16-bit words; all of it is of even length here."""
    number = int.from_bytes(data, "big")
    if len(data) == 4:  # noqa: PLR2004 - IPv4, twice for every packet
        return (number >> 16) + (number & 0xFFFF)
    total = 0
    while number:
        total += number & 0xFFFF
        number >>= 16
    return total


def _folded(total: int) -> int:
    while total >> 16:
        total = (total >> 16) + (total & 0xFFFF)
    return ~total & 0xFFFF
