"""The engine that needs no privilege: connections, datagrams, and echoes where allowed."""

import resource
import select

from muster.scan.engines.codes import PING, is_tcp, is_udp
from muster.scan.engines.datagrams import Datagrams
from muster.scan.engines.engine import Engine, Limits, Ways
from muster.scan.engines.handshakes import Handshakes
from muster.scan.engines.host import Host
from muster.scan.engines.part import Part
from muster.scan.engines.pings import Pings, open_ping_socket
from muster.scan.engines.reply import Asking
from muster.scan.engines.schedule import Schedule
from muster.scan.pace import Pace

NAME = "connect"
_FOR_OTHERS = 128
"""Files that probes, the output and the interpreter need besides."""
_MOST_CONNECTIONS = 8192


def connect_engine(pace: Pace) -> Engine:
    """Return the engine that works for everybody, and says what it cannot see."""
    unseen = ["no MAC addresses: it cannot ask by ARP or see replies (CAP_NET_RAW is missing)"]
    unseen.append("hosts that answer no connection and no echo at all are not found")
    unseen += [
        f"no IPv{version} echoes: net.ipv4.ping_group_range does not allow them"
        for version in (4, 6)
        if not _may_ping(version)
    ]

    def build(schedule: Schedule, asking: Asking, poller: select.epoll) -> Ways:
        return ConnectWays(schedule, asking, pace, poller)

    return Engine(Limits(NAME, tuple(unseen)), build, pace)


class ConnectWays(Ways):
    """TCP by connecting, UDP by datagrams, liveness by echoes and a few ports."""

    def __init__(
        self, schedule: Schedule, asking: Asking, pace: Pace, poller: select.epoll
    ) -> None:
        """Open what is needed."""
        self._asking = asking
        self.pings = Pings(schedule, poller)
        self.datagrams = Datagrams(schedule, poller)
        self.handshakes = Handshakes(schedule, pace, poller, most=most_connections())
        self.parts: list[Part] = [self.handshakes, self.datagrams, self.pings]

    def liveness(self, host: Host) -> tuple[int, ...]:
        """Echo first where that is allowed, then the ports that most hosts answer on."""
        if self._asking.skips_liveness:
            return ()
        version = 6 if ":" in host.address else 4
        pings = (PING,) if self._asking.pings and version in self.pings.versions else ()
        return (*pings, *self._asking.liveness_tcp)

    def part(self, host: Host, code: int) -> Part:
        """Return the part for a kind of ask."""
        if is_tcp(code):
            return self.handshakes
        return self.datagrams if is_udp(code) else self.pings


def most_connections() -> int:
    """Raise the limit of open files as far as it goes, and return how many connections fit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = hard if hard != resource.RLIM_INFINITY else max(soft, _MOST_CONNECTIONS * 2)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        soft = wanted
    return min(_MOST_CONNECTIONS, soft - _FOR_OTHERS)


def _may_ping(version: int) -> bool:
    made = open_ping_socket(version)
    if made is not None:
        made.close()
    return made is not None
