"""TCP connections made by the system: no privilege, and each one ended as a client ends it.

A connection is finished with a FIN, then read until the other side has finished too, so that
closing never sends a reset: there are devices that keep a slot for a connection that was reset.
"""

import errno
import select
import socket
from collections import deque
from dataclasses import dataclass, field
from enum import Enum, auto

from muster.core.errors import ConfigError, UnavailableError
from muster.scan.engines.codes import is_fragile, port_of
from muster.scan.engines.host import Host, Sent
from muster.scan.engines.part import READABLE, WRITABLE, Part
from muster.scan.engines.reply import Reply, State
from muster.scan.engines.schedule import Schedule
from muster.scan.pace import Pace

_COUNTED_SECONDS = 1.0
"""So long a connection that the other side does not end counts among those of its host."""
_FRAGILE_SECONDS = 6.0
_KEPT_SECONDS = 10.0
_READ_BYTES = 65_536
_FEWEST = 32

_UNREACHABLE = {
    errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EACCES, errno.EPERM, errno.EINVAL,
    errno.EAFNOSUPPORT, errno.ENETDOWN, errno.EHOSTDOWN, errno.ENOPROTOOPT, errno.ECONNABORTED,
}  # fmt: skip
_EXHAUSTED = {
    errno.EMFILE: "open files (RLIMIT_NOFILE)",
    errno.ENFILE: "open files of the whole system",
    errno.EADDRNOTAVAIL: "local ports",
    errno.ENOBUFS: "network buffers",
    errno.ENOMEM: "memory for sockets",
}


class _Stage(Enum):
    CONNECTING = auto()
    OPEN = auto()
    FINISHED = auto()
    """Our FIN is out; the other side's is not in yet."""


@dataclass(slots=True, eq=False)
class _Connection:
    socket: socket.socket
    sent: Sent
    stage: _Stage = _Stage.CONNECTING
    is_counted: bool = True
    since: float = 0.0
    descriptor: int = field(default=-1)

    @property
    def host(self) -> Host:
        return self.sent[2]

    @property
    def code(self) -> int:
        return self.sent[3]


class Handshakes(Part):
    """Asks TCP ports by connecting to them, at most `most` at a time."""

    def __init__(self, schedule: Schedule, pace: Pace, poller: select.epoll, *, most: int) -> None:
        """Raises ConfigError if the process may open too few files."""
        if most < _FEWEST:
            raise ConfigError(
                f"this process may open only {most} connections at a time",
                hint="Raise its limit of open files (ulimit -n, LimitNOFILE) to 1024 or more.",
            )
        self._schedule = schedule
        self._pace = pace
        self._poller = poller
        self._most = most
        self._open: dict[int, _Connection] = {}
        self._by_ask: dict[tuple[str, int], _Connection] = {}
        self._to_finish: deque[_Connection] = deque()
        self._finished: deque[_Connection] = deque()

    def cost(self, host: Host, code: int) -> tuple[int, int]:
        """A SYN; the acknowledgement of an answer is the system's."""
        return 1, 1

    def send(self, sent: Sent) -> None:
        """Begin to connect."""
        host, code = sent[2], sent[3]
        connection = self._begun(sent)
        host.connections += 1
        failure = _connect(connection.socket, host.address, port_of(code))
        if failure == 0:
            self._connected(connection, sent[0])
        elif failure != errno.EINPROGRESS:
            self._failed(connection, failure, sent[0])

    def owns(self, descriptor: int) -> bool:
        """True if the connection is one of these."""
        return descriptor in self._open

    def handle(self, descriptor: int, events: int, now: float) -> None:
        """Take the outcome of a connection, or what the other side still says."""
        connection = self._open.get(descriptor)
        if connection is None:
            return
        if connection.stage is not _Stage.CONNECTING:
            self._drain(connection, now)
            return
        failure = connection.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if failure:
            self._failed(connection, failure, now)
        else:
            self._connected(connection, now)

    def expire(self, sent: Sent) -> None:
        """Give up connecting."""
        connection = self._by_ask.get((sent[2].address, sent[3]))
        if connection is not None and connection.sent is sent:
            self._pace.cancel(sent[2].address, 1)
            self._end(connection)

    def tick(self, now: float) -> float | None:
        """Finish what is connected as far as the pace allows, and let go of what lasts long."""
        again = self._finish_open(now)
        for connection in list(self._overdue(now)):
            self._release(connection)
        while self._finished and now - self._finished[0].since > _KEPT_SECONDS:
            self._end(self._finished.popleft())
        if self._finished:
            later = now + 0.1
            again = min(again or later, later)
        return again

    def has_room(self) -> bool:
        """True while another connection may be opened."""
        return len(self._open) < self._most

    @property
    def is_idle(self) -> bool:
        """True when every connection is over."""
        return not self._open

    def close(self) -> None:
        """Close everything, whatever it is at."""
        for connection in list(self._open.values()):
            if connection.stage is _Stage.OPEN:
                _finish(connection.socket)
            self._end(connection)

    def _begun(self, sent: Sent) -> _Connection:
        family = socket.AF_INET6 if ":" in sent[2].address else socket.AF_INET
        try:
            made = socket.socket(family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
        except OSError as error:
            raise _told(error.errno) from error
        connection = _Connection(made, sent, descriptor=made.fileno())
        self._open[connection.descriptor] = connection
        self._by_ask[sent[2].address, sent[3]] = connection
        self._poller.register(connection.descriptor, WRITABLE)
        return connection

    def _connected(self, connection: _Connection, now: float) -> None:
        host, code = connection.host, connection.code
        connection.stage, connection.since = _Stage.OPEN, now
        self._poller.modify(connection.descriptor, READABLE)
        self._pace.spend(host.address, now, packets=1)
        self._to_finish.append(connection)
        seconds = self._schedule.hear(host, code, now)
        if seconds is not None:
            self._schedule.show_alive(host, _reply(host, code, State.ALIVE, seconds))
            self._schedule.replies.append(_reply(host, code, State.OPEN, seconds))
        self._schedule.settle(host)

    def _failed(self, connection: _Connection, failure: int, now: float) -> None:
        host, code = connection.host, connection.code
        self._pace.cancel(host.address, 1)
        self._end(connection, settle=False)
        if failure in {errno.ECONNREFUSED, errno.ECONNRESET}:
            seconds = self._schedule.hear(host, code, now)
            if seconds is not None:
                host.refused += 1
                self._schedule.show_alive(host, _reply(host, code, State.ALIVE, seconds))
            self._schedule.settle(host)
        elif failure in _UNREACHABLE or failure == errno.ETIMEDOUT:
            self._schedule.give_up(host, code)
        else:
            raise _told(failure)

    def _finish_open(self, now: float) -> float | None:
        while self._to_finish:
            connection = self._to_finish[0]
            if connection.stage is _Stage.OPEN:
                wait = self._pace.take(
                    connection.host.address, now, packets=1, reserve=1, is_first=True
                )
                if wait:
                    self._to_finish.rotate(-1)
                    return now + min(wait, 0.01)
                _finish(connection.socket)
                connection.stage, connection.since = _Stage.FINISHED, now
                self._finished.append(connection)
            self._to_finish.popleft()
            self._drain(connection, now)
        return None

    def _drain(self, connection: _Connection, now: float) -> None:
        """Read until the other side has finished; what it says is for the probes to ask."""
        if self._open.get(connection.descriptor) is not connection:
            return
        try:
            while data := connection.socket.recv(_READ_BYTES):
                del data
        except BlockingIOError:
            return
        except OSError:
            pass  # it was reset by the other side: over as well
        if connection.stage is _Stage.FINISHED:
            self._pace.spend(connection.host.address, now, packets=1)
            self._end(connection)
        else:
            # It finished first. Ours follows when the pace allows; until then, no more events.
            self._poller.modify(connection.descriptor, 0)

    def _overdue(self, now: float) -> list[_Connection]:
        overdue = []
        for connection in self._finished:
            if now - connection.since <= _COUNTED_SECONDS:
                break
            limit = _FRAGILE_SECONDS if is_fragile(connection.code) else _COUNTED_SECONDS
            if connection.is_counted and now - connection.since > limit:
                overdue.append(connection)
        return overdue

    def _release(self, connection: _Connection) -> None:
        """Count a connection no longer among its host's."""
        if connection.is_counted:
            connection.is_counted = False
            connection.host.connections -= 1
            if connection.stage is _Stage.FINISHED:
                self._pace.cancel(connection.host.address, 1)
            self._schedule.settle(connection.host)

    def _end(self, connection: _Connection, *, settle: bool = True) -> None:
        if self._open.get(connection.descriptor) is not connection:
            return  # it has ended, and its number may be another's by now
        del self._open[connection.descriptor]
        if self._by_ask.get((connection.host.address, connection.code)) is connection:
            del self._by_ask[connection.host.address, connection.code]
        connection.socket.close()
        if connection.is_counted:
            connection.is_counted = False
            connection.host.connections -= 1
            if settle:
                self._schedule.settle(connection.host)


def _reply(host: Host, code: int, state: State, seconds: float) -> Reply:
    return Reply(
        host.number, host.address, state, "tcp", port_of(code), how="tcp", rtt_seconds=seconds
    )


def _connect(made: socket.socket, address: str, port: int) -> int:
    try:
        return made.connect_ex((address, port))
    except OSError as error:
        return error.errno or errno.EINVAL


def _finish(made: socket.socket) -> None:
    try:
        made.shutdown(socket.SHUT_WR)
    except OSError:
        return  # the other side has reset it


def _told(failure: int | None) -> Exception:
    what = _EXHAUSTED.get(failure or 0)
    if what is None:
        return UnavailableError(
            f"the system refuses to connect: {errno.errorcode.get(failure or 0)}"
        )
    return ConfigError(
        f"this machine has run out of {what}, so the scan was stopped",
        hint="Scan with a smaller --group or a lower --rate, or raise the limit, then resume.",
    )
