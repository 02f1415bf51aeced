"""UDP ports: each is asked in its own protocol, since only an answer tells that it is open."""

import errno
import select
import socket
import struct
from ipaddress import ip_address

from muster.core.errors import ConfigError
from muster.scan.engines.codes import port_of, udp_code
from muster.scan.engines.host import Host, Sent
from muster.scan.engines.part import READABLE, Part
from muster.scan.engines.payloads import payload
from muster.scan.engines.reply import Reply, State
from muster.scan.engines.schedule import Schedule

_MOST_BYTES = 65_535
_ERROR_BYTES = 512
_MOST_AT_ONCE = 256
_IP_RECVERR, _IPV6_RECVERR = 11, 25


class Datagrams(Part):
    """Asks UDP ports from one socket for each version of IP."""

    def __init__(self, schedule: Schedule, poller: select.epoll) -> None:
        """Open a socket for IPv4, and one for IPv6 where the machine has it."""
        self._schedule = schedule
        self._sockets: dict[int, socket.socket] = {}
        self._by_version: dict[int, socket.socket] = {}
        for version, family in ((4, socket.AF_INET), (6, socket.AF_INET6)):
            made = _opened(family)
            if made is not None:
                poller.register(made.fileno(), READABLE)
                self._sockets[made.fileno()] = made
                self._by_version[version] = made

    def send(self, sent: Sent) -> None:
        """Send what a client of the port's protocol would say first."""
        host, code = sent[2], sent[3]
        made = self._by_version.get(6 if ":" in host.address else 4)
        if made is None:
            self._schedule.give_up(host, code)
            return
        try:
            made.sendto(payload(port_of(code)), (host.address, port_of(code)))
        except BlockingIOError:
            return  # the system is busy: it is asked again when this try expires
        except OSError as error:
            self._take_failure(host, code, error)

    def owns(self, descriptor: int) -> bool:
        """True for one of the two sockets."""
        return descriptor in self._sockets

    def handle(self, descriptor: int, events: int, now: float) -> None:
        """Take answers, and refusals that routers and hosts sent by ICMP."""
        made = self._sockets[descriptor]
        for _ in range(_MOST_AT_ONCE):
            if not (self._take_refusal(made, now) or self._take_answer(made, now)):
                return

    def close(self) -> None:
        """Close both sockets."""
        for made in self._sockets.values():
            made.close()

    def _take_failure(self, host: Host, code: int, error: OSError) -> None:
        if error.errno == errno.ENOBUFS:
            return
        if error.errno in {errno.EMFILE, errno.ENFILE}:
            raise ConfigError("this machine has run out of open files") from error
        if error.errno == errno.ECONNREFUSED:
            return  # an earlier refusal, told again; it lies in the queue of errors
        self._schedule.give_up(host, code)

    def _take_answer(self, made: socket.socket, now: float) -> bool:
        try:
            data, sender = made.recvfrom(_MOST_BYTES)
        except BlockingIOError:
            return False
        except OSError:
            return True  # a pending error was told; the next call reads on
        self._note(sender[0], sender[1], now, data=data)
        return True

    def _take_refusal(self, made: socket.socket, now: float) -> bool:
        try:
            _data, told, _flags, destination = made.recvmsg(
                _ERROR_BYTES, _ERROR_BYTES, socket.MSG_ERRQUEUE | socket.MSG_DONTWAIT
            )
        except OSError:
            return False
        for _level, kind, content in told:
            if kind in {_IP_RECVERR, _IPV6_RECVERR} and len(content) >= 16:  # noqa: PLR2004
                _number, origin, icmp_type, icmp_code = struct.unpack_from("=IBBB", content)
                is_refusal = (icmp_type, icmp_code) in {(3, 3), (1, 4)} and origin in {2, 3}
                if is_refusal:
                    self._note(destination[0], destination[1], now, is_refusal=True)
        return True

    def _note(
        self, address: str, port: int, now: float, *, data: bytes = b"", is_refusal: bool = False
    ) -> None:
        host = self._schedule.hosts.get(_plain(address))
        code = udp_code(port)
        if host is None or (code not in host.pending and code not in host.asks):
            return
        seconds = self._schedule.hear(host, code, now)
        if seconds is None:
            return
        reply = Reply(host.number, host.address, State.ALIVE, "udp", port, "udp", seconds)
        self._schedule.show_alive(host, reply)
        if is_refusal:
            host.refused += 1
        else:
            self._schedule.replies.append(reply._replace(state=State.OPEN, data=data))
        self._schedule.settle(host)


def _plain(address: str) -> str:
    return str(ip_address(address.partition("%")[0])) if ":" in address else address


def _opened(family: socket.AddressFamily) -> socket.socket | None:
    try:
        made = socket.socket(family, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
    except OSError as error:
        if error.errno in {errno.EMFILE, errno.ENFILE}:
            raise ConfigError("this machine has run out of open files") from error
        return None  # no IPv6 here
    if family == socket.AF_INET:
        made.setsockopt(socket.IPPROTO_IP, _IP_RECVERR, 1)
    else:
        made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        made.setsockopt(socket.IPPROTO_IPV6, _IPV6_RECVERR, 1)
    return made
