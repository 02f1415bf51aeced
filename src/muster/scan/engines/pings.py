"""ICMP echoes, by whatever kind of socket the system allows."""

import os
import select
import socket
import struct
import sys
from ipaddress import ip_address

from muster.scan.engines.codes import PING
from muster.scan.engines.host import Sent
from muster.scan.engines.part import READABLE, Part
from muster.scan.engines.reply import Reply, State
from muster.scan.engines.schedule import Schedule

_REQUEST, _REPLY = {4: 8, 6: 128}, {4: 0, 6: 129}
_CONTENT = b"muster" + bytes(26)
_RECV_TTL, _RECV_HOP_LIMIT, _HOP_LIMIT = 12, 51, 52
_TTL = 2
_MOST_BYTES, _MOST_TOLD = 2048, 256
_MOST_AT_ONCE = 512


class Pings(Part):
    """Echo requests, from one socket for each version of IP that may be pinged."""

    def __init__(self, schedule: Schedule, poller: select.epoll) -> None:
        """Open what the system allows; `versions` says what that was."""
        self._schedule = schedule
        self._ident = os.getpid() & 0xFFFF
        self._sockets: dict[int, tuple[int, socket.socket]] = {}
        self._by_version: dict[int, socket.socket] = {}
        for version in (4, 6):
            made = open_ping_socket(version)
            if made is not None:
                poller.register(made.fileno(), READABLE)
                self._sockets[made.fileno()] = (version, made)
                self._by_version[version] = made
        self.versions = frozenset(self._by_version)

    def send(self, sent: Sent) -> None:
        """Send one echo request."""
        host = sent[2]
        version = 6 if ":" in host.address else 4
        made = self._by_version.get(version)
        if made is None:
            self._schedule.give_up(host, PING)
            return
        try:
            made.sendto(self._request(version, sent[1]), (host.address, 0))
        except BlockingIOError:
            return
        except OSError:
            self._schedule.give_up(host, PING)

    def owns(self, descriptor: int) -> bool:
        """True for one of the two sockets."""
        return descriptor in self._sockets

    def handle(self, descriptor: int, events: int, now: float) -> None:
        """Take what arrived."""
        version, made = self._sockets[descriptor]
        for _ in range(_MOST_AT_ONCE):
            try:
                data, told, _flags, sender = made.recvmsg(_MOST_BYTES, _MOST_TOLD)
            except BlockingIOError:
                return
            except OSError:
                continue  # a host or router refused; what is asked expires by itself
            if made.type & 0xF == socket.SOCK_RAW and version == 4:  # noqa: PLR2004 - with its header
                data = data[(data[0] & 0xF) * 4 :]
            if self._is_ours(made, version, data):
                self._note(sender[0], _ttl(told), now)

    def close(self) -> None:
        """Close both sockets."""
        for _version, made in self._sockets.values():
            made.close()

    def _request(self, version: int, tries: int) -> bytes:
        head = struct.pack("!BBHHH", _REQUEST[version], 0, 0, self._ident, tries)
        # The kernel writes IPv6's sum, and that of a datagram socket; a raw one needs ours.
        total = _checksum(head + _CONTENT) if version == 4 else 0  # noqa: PLR2004
        return head[:2] + struct.pack("!H", total) + head[4:] + _CONTENT

    def _is_ours(self, made: socket.socket, version: int, data: bytes) -> bool:
        if len(data) < 8 or data[0] != _REPLY[version]:  # noqa: PLR2004 - the header
            return False
        is_raw = made.type & 0xF == socket.SOCK_RAW
        return not is_raw or struct.unpack_from("!H", data, 4)[0] == self._ident

    def _note(self, address: str, ttl: int, now: float) -> None:
        plain = str(ip_address(address.partition("%")[0])) if ":" in address else address
        host = self._schedule.hosts.get(plain)
        if host is None or PING not in host.pending:
            return
        seconds = self._schedule.hear(host, PING, now)
        if seconds is None:
            return
        reply = Reply(
            host.number, host.address, State.ALIVE, how="icmp", rtt_seconds=seconds, ttl=ttl
        )
        self._schedule.show_alive(host, reply)
        self._schedule.settle(host)


def open_ping_socket(version: int) -> socket.socket | None:
    """Return a socket for echoes, or None where the system allows none."""
    family, protocol = (
        (socket.AF_INET6, socket.IPPROTO_ICMPV6)
        if version == 6  # noqa: PLR2004
        else (socket.AF_INET, socket.IPPROTO_ICMP)
    )
    for kind in (socket.SOCK_DGRAM, socket.SOCK_RAW):
        try:
            made = socket.socket(family, kind | socket.SOCK_NONBLOCK, protocol)
        except OSError:
            continue
        if version == 6:  # noqa: PLR2004
            made.setsockopt(socket.IPPROTO_IPV6, _RECV_HOP_LIMIT, 1)
        else:
            made.setsockopt(socket.IPPROTO_IP, _RECV_TTL, 1)
        return made
    return None


def _ttl(told: list[tuple[int, int, bytes]]) -> int:
    for level, kind, content in told:
        is_ttl = (level, kind) in {(socket.IPPROTO_IP, _TTL), (socket.IPPROTO_IPV6, _HOP_LIMIT)}
        if is_ttl and len(content) >= 4:  # noqa: PLR2004
            return int.from_bytes(bytes(content[:4]), sys.byteorder)
    return 0


def _checksum(data: bytes) -> int:
    total: int = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total >> 16) + (total & 0xFFFF)
    return ~(total + (total >> 16)) & 0xFFFF
