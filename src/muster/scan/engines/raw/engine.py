"""The raw engine: our own packets where the way is Ethernet, connections where it is not."""

import os
import select
import socket

from muster.scan.engines.codes import NEIGHBOUR, is_fragile, is_tcp
from muster.scan.engines.connecting import ConnectWays
from muster.scan.engines.engine import Engine, Limits, Ways
from muster.scan.engines.host import Host
from muster.scan.engines.part import Part
from muster.scan.engines.raw.neighbours import Neighbours, Trip, router_mac
from muster.scan.engines.raw.packets import packed
from muster.scan.engines.raw.syns import Syns
from muster.scan.engines.raw.ways import Table, Way
from muster.scan.engines.raw.wire import Wire
from muster.scan.engines.reply import Asking
from muster.scan.engines.schedule import Schedule
from muster.scan.pace import Pace

NAME = "raw"
_SECRET_BYTES = 16


def is_allowed() -> bool:
    """True if this process may open packet sockets (CAP_NET_RAW)."""
    try:
        socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0).close()
    except (OSError, AttributeError):
        return False
    return True


def raw_engine(pace: Pace) -> Engine:
    """Return the engine that sees MACs and answers at every level."""

    def build(schedule: Schedule, asking: Asking, poller: select.epoll) -> Ways:
        return RawWays(schedule, asking, pace, poller)

    return Engine(Limits(NAME), build, pace)


class RawWays(Ways):
    """Neighbours by ARP, TCP by SYNs; what is fragile, or not behind Ethernet, by connecting."""

    def __init__(
        self, schedule: Schedule, asking: Asking, pace: Pace, poller: select.epoll
    ) -> None:
        """Read the routes, and open what is needed."""
        self._asking = asking
        self._table = Table.read()
        self._routers: dict[str, bytes] = {}
        self._plain = ConnectWays(schedule, asking, pace, poller)
        self._pace = pace
        silent = Syns(schedule, pace, wire := Wire(poller), secret=os.urandom(_SECRET_BYTES))
        wire.port = silent.port.number
        wire.readers.append(silent.read)
        self._syns = silent
        self._neighbours = Neighbours(schedule, wire)
        self.parts: list[Part] = [silent, self._neighbours, wire, *self._plain.parts]

    def liveness(self, host: Host) -> tuple[int, ...]:
        """Ask the segment where the host is on ours; else as the plain engine does."""
        way = self._table.way(host.address)
        if way is None:
            return self._plain.liveness(host)
        trip = Trip(way, packed(host.address), is_attached=not way.router)
        if way.router:
            trip.mac = self._router(way)
            if not trip.mac:
                return self._plain.liveness(host)
            host.route = trip
            return self._plain.liveness(host)
        host.route = trip
        # Without a MAC nothing can be sent to it, so this is asked whatever was chosen.
        return (NEIGHBOUR,)

    def part(self, host: Host, code: int) -> Part:
        """Return the part for a kind of ask, by the way to the host."""
        if code == NEIGHBOUR:
            return self._neighbours
        if is_tcp(code) and host.route is not None and not is_fragile(code):
            return self._syns
        return self._plain.part(host, code)

    def _router(self, way: Way) -> bytes:
        mac = self._routers.get(way.router)
        if mac is None:
            mac = self._routers[way.router] = router_mac(way)
        return mac
