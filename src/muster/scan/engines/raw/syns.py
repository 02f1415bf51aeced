"""TCP ports asked by SYNs of our own making, each handshake finished as a client would.

Nothing is kept of a connection: what we sent is worked out again from what comes back, because
our sequence number is a keyed sum of address and port. An acceptance is answered with an
acknowledgement and a FIN, content and the other side's FIN with an acknowledgement.
The system knows nothing of these connections and would reset them; a listening socket at our
port, whose filter drops everything, keeps it from that.
"""

import hashlib
import socket
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from typing import NamedTuple

from muster.scan.engines.host import Host, Sent
from muster.scan.engines.part import Part
from muster.scan.engines.raw import bpf
from muster.scan.engines.raw.neighbours import Trip
from muster.scan.engines.raw.packets import (
    ACK,
    FIN,
    RST,
    SYN,
    Segment,
    Template,
    read_segment,
    unpacked,
)
from muster.scan.engines.raw.wire import Wire
from muster.scan.engines.reply import Reply, State
from muster.scan.engines.schedule import Schedule
from muster.scan.pace import Pace

_SPREAD = 0x9E3779B1
_MASK = 0xFFFFFFFF
_UNFINISHED_SECONDS = 0.5
"""So long a host's connection counts when the other side heard our FIN and keeps its own."""
_FIN_TRIES = 4


class SilentPort:
    """A port of ours where the system takes TCP for somebody's, and nobody answers."""

    def __init__(self) -> None:
        """Take a free port, for IPv4 and IPv6."""
        first = _silent(socket.AF_INET, 0)
        self.number: int = first.getsockname()[1]
        self._sockets = [first]
        with suppress(OSError):  # no IPv6 here, or taken: then the system resets what it gets
            self._sockets.append(_silent(socket.AF_INET6, self.number))

    def close(self) -> None:
        """Give the port back."""
        for each in self._sockets:
            each.close()


class _Answer(NamedTuple):
    link: int
    target: bytes
    frame: bytes


@dataclass(slots=True)
class _Unfinished:
    """A handshake until the other side has finished too, or has at least heard our FIN."""

    since: float
    host: Host
    key: tuple[bytes, int]
    fin: _Answer | None = None
    tries: int = 0
    is_heard: bool = False


class Syns(Part):
    """Asks TCP ports without a connection of the system's."""

    def __init__(self, schedule: Schedule, pace: Pace, wire: Wire, *, secret: bytes) -> None:
        """Read the frames of a wire; `secret` keys the sequence numbers."""
        self.port = SilentPort()
        self._schedule = schedule
        self._pace = pace
        self._wire = wire
        self._secret = secret
        self._templates: dict[tuple[int, bytes, str | bytes], Template] = {}
        self._answers: deque[_Answer] = deque()
        self._unfinished: dict[tuple[bytes, int], _Unfinished] = {}

    def send(self, sent: Sent) -> None:
        """Send one SYN."""
        host, code = sent[2], sent[3]
        trip: Trip = host.route
        template = self._template(trip)
        if not trip.cookie:
            trip.cookie = self._cookie(trip.target)
        sequence = (trip.cookie + code * _SPREAD) & _MASK
        self._wire.batch(trip.way.link).add(template.syn(trip.target, code, sequence))

    def tick(self, now: float) -> float | None:
        """Send what finishes connections as far as the pace allows; it goes before new SYNs."""
        for _ in range(len(self._answers)):
            answer = self._answers[0]
            if self._pace.take(unpacked(answer.target), now, is_first=True):
                if self._pace.wait_of_all(now):
                    break
                self._answers.rotate(-1)
                continue
            self._answers.popleft()
            self._wire.reply_through(answer.link, answer.frame)
        self._wire.flush()
        self._look_after_unfinished(now)
        if self._answers:
            return now + 0.005
        return now + 0.02 if self._unfinished else None

    def _look_after_unfinished(self, now: float) -> None:
        """Send a FIN again that may be lost, and let go of what the other side keeps open."""
        wait = max(_UNFINISHED_SECONDS, self._schedule.waits.seconds)
        # Oldest first: whatever is looked after goes to the end of the line.
        while self._unfinished:
            key, each = next(iter(self._unfinished.items()))
            if now - each.since < wait:
                return
            if each.is_heard or each.tries >= _FIN_TRIES or each.fin is None:
                self._let_go(key)
            else:
                each.tries += 1
                each.since = now
                self._unfinished[key] = self._unfinished.pop(key)
                self._answer(each.fin)

    def close(self) -> None:
        """Give the port back, once what finishes connections is on its way.

        Whatever came for the port afterwards, the system would reset.
        """
        while self._answers:
            answer = self._answers.popleft()
            self._pace.spend(unpacked(answer.target), time.monotonic(), packets=1, reserved=False)
            self._wire.reply_through(answer.link, answer.frame)
        self._wire.flush()
        self.port.close()

    def read(self, wire: Wire, index: int, frame: bytes, now: float) -> bool:
        """Take a frame, if it is an answer to a SYN of ours."""
        segment = read_segment(frame)
        if segment is None or segment.port != self.port.number:
            return False
        self._hear(index, frame, segment, now)
        return True

    def _hear(self, index: int, frame: bytes, segment: Segment, now: float) -> None:
        host = self._schedule.hosts.get(unpacked(segment.source))
        trip = host.route if host else None
        cookie = (isinstance(trip, Trip) and trip.cookie) or self._cookie(segment.source)
        ours = (cookie + segment.source_port * _SPREAD + 1) & _MASK
        ahead = (segment.acknowledged - ours) & _MASK
        if ahead > 1:
            return  # it acknowledges nothing that we sent: not an answer to us
        if segment.flags & RST:
            if host and not ahead:
                self._refused(host, segment, now)
            self._let_go((segment.source, segment.source_port))
        elif segment.flags & SYN:
            if host:
                self._accepted(host, segment, now)
            self._finish(index, frame, segment, ours)
        else:
            if ahead and (
                unfinished := self._unfinished.get((segment.source, segment.source_port))
            ):
                unfinished.is_heard = True
            if segment.flags & FIN or segment.length:
                self._acknowledge(index, frame, segment, ours)

    def _accepted(self, host: Host, segment: Segment, now: float) -> None:
        code = segment.source_port
        seconds = self._schedule.hear(host, code, now)
        if seconds is None:
            return
        key = (segment.source, code)
        self._unfinished[key] = _Unfinished(now, host, key)
        host.connections += 1
        self._tell_alive(host, segment, seconds)
        self._schedule.replies.append(
            Reply(host.number, host.address, State.OPEN, "tcp", code, "tcp", seconds, segment.ttl)
        )
        self._schedule.settle(host)

    def _refused(self, host: Host, segment: Segment, now: float) -> None:
        code = segment.source_port
        seconds = self._schedule.hear(host, code, now)
        if seconds is None:
            return
        host.refused += 1
        self._tell_alive(host, segment, seconds)
        if not host.pending:
            self._schedule.settle(host)

    def _tell_alive(self, host: Host, segment: Segment, seconds: float) -> None:
        if host.is_told and host.is_alive:
            return
        port, ttl = segment.source_port, segment.ttl
        self._schedule.show_alive(
            host,
            Reply(host.number, host.address, State.ALIVE, "tcp", port, "tcp", seconds, ttl),
        )

    def _finish(self, index: int, frame: bytes, segment: Segment, ours: int) -> None:
        theirs = (segment.sequence + 1) & _MASK
        template = self._back(index, frame, segment)
        target, port = segment.source, segment.source_port
        # One segment does both: it completes the handshake, and says that nothing will follow.
        answer = _Answer(index, target, template.segment(target, port, ours, theirs, ACK | FIN))
        self._answer(answer)
        if unfinished := self._unfinished.get((target, port)):
            unfinished.fin = answer

    def _acknowledge(self, index: int, frame: bytes, segment: Segment, ours: int) -> None:
        is_end = bool(segment.flags & FIN)
        theirs = (segment.sequence + segment.length + is_end) & _MASK
        answer = self._back(index, frame, segment).segment(
            segment.source, segment.source_port, (ours + 1) & _MASK, theirs, ACK
        )
        self._answer(_Answer(index, segment.source, answer))
        if is_end:
            self._let_go((segment.source, segment.source_port))

    def _answer(self, answer: _Answer) -> None:
        """Send what finishes a connection, or put it in line where there is a pace to keep."""
        if self._pace.is_limited:
            self._answers.append(answer)
        else:
            self._wire.reply_through(answer.link, answer.frame)

    def _let_go(self, key: tuple[bytes, int]) -> None:
        unfinished = self._unfinished.pop(key, None)
        if unfinished is not None:
            unfinished.host.connections -= 1
            self._schedule.settle(unfinished.host)

    def _template(self, trip: Trip) -> Template:
        key = (trip.way.link.index, trip.mac, trip.way.source)
        template = self._templates.get(key)
        if template is None:
            template = self._templates[key] = Template(
                to_mac=trip.mac,
                from_mac=trip.way.link.mac,
                source=_packed(trip.way.source),
                port=self.port.number,
            )
        return template

    def _back(self, index: int, frame: bytes, segment: Segment) -> Template:
        """Return the template for the way that a frame came."""
        size = len(segment.source)
        source = frame[30:34] if size == 4 else frame[38:54]  # noqa: PLR2004 - bytes of IPv4
        key = (index, frame[6:12], source)
        template = self._templates.get(key)
        if template is None:
            template = self._templates[key] = Template(
                to_mac=frame[6:12], from_mac=frame[0:6], source=source, port=self.port.number
            )
        return template

    def _cookie(self, target: bytes) -> int:
        digest = hashlib.blake2b(target, key=self._secret, digest_size=4).digest()
        return int.from_bytes(digest, "big") or 1


def _packed(address: str) -> bytes:
    return socket.inet_pton(socket.AF_INET6 if ":" in address else socket.AF_INET, address)


def _silent(family: socket.AddressFamily, port: int) -> socket.socket:
    made = socket.socket(family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
    try:
        if family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        bpf.attach(made, bpf.NOTHING)
        made.bind(("", port))
        made.listen(1)
    except OSError:
        made.close()
        raise
    return made
