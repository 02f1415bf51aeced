"""Who has an address on our own segment: ARP, and neighbour discovery for IPv6."""

import select
import socket
import time
from dataclasses import dataclass

from muster.scan.engines.codes import NEIGHBOUR
from muster.scan.engines.host import Sent
from muster.scan.engines.part import Part
from muster.scan.engines.raw import bpf, packets
from muster.scan.engines.raw.packets import mac_text, unpacked
from muster.scan.engines.raw.ways import Way
from muster.scan.engines.raw.wire import Wire
from muster.scan.engines.reply import Reply, State
from muster.scan.engines.schedule import Schedule

_ETH_P_ALL = 3
_ROUTER_TRIES, _ROUTER_SECONDS = 4, 0.3


@dataclass(slots=True)
class Trip:
    """How a host is reached: the way, its address as bytes, and the next MAC once known."""

    way: Way
    target: bytes
    mac: bytes = b""
    is_attached: bool = True
    cookie: int = 0


class Neighbours(Part):
    """Asks the segment for the MAC of a host; that it has one is the sign of its life."""

    def __init__(self, schedule: Schedule, wire: Wire) -> None:
        """Read the frames of a wire."""
        self._schedule = schedule
        self._wire = wire
        wire.readers.append(self._read)

    def send(self, sent: Sent) -> None:
        """Ask for a host."""
        trip: Trip = sent[2].route
        self._wire.batch(trip.way.link).add(question(trip.way, trip.target))

    def _read(self, wire: Wire, index: int, frame: bytes, now: float) -> bool:
        told = answer(frame)
        if told is not None:
            self._hear(*told, index, now)
        return told is not None

    def _hear(self, address: bytes, mac: bytes, index: int, now: float) -> None:
        host = self._schedule.hosts.get(unpacked(address))
        if host is None or NEIGHBOUR not in host.liveness or host.route.way.link.index != index:
            return
        seconds = self._schedule.hear(host, NEIGHBOUR, now)
        if seconds is None:
            return
        host.route.mac = mac
        how = "arp" if len(address) == 4 else "nd"  # noqa: PLR2004 - bytes of IPv4
        reply = Reply(
            host.number, host.address, State.ALIVE, how=how, rtt_seconds=seconds, mac=mac_text(mac)
        )
        self._schedule.show_alive(host, reply)
        self._schedule.settle(host)


def question(way: Way, target: bytes) -> bytes:
    """Return the frame that asks who has an address."""
    source = packets.packed(way.source)
    if len(target) == 4:  # noqa: PLR2004 - bytes of IPv4
        return packets.arp_request(from_mac=way.link.mac, source=source, target=target)
    return packets.solicitation(from_mac=way.link.mac, source=source, target=target)


def answer(frame: bytes) -> tuple[bytes, bytes] | None:
    """Return address and MAC of an ARP reply or advertisement; None for any other frame."""
    kind = frame[12:14]
    if kind == b"\x08\x06":
        return packets.read_arp_reply(frame)
    return packets.read_advertisement(frame) if kind == b"\x86\xdd" else None


def router_mac(way: Way) -> bytes:
    """Ask for the MAC of the router on a way and wait for it; b"" if it does not answer."""
    target = packets.packed(way.router)
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0) as made:
        bpf.attach(made, bpf.answers_to(0))
        made.bind((way.link.name, _ETH_P_ALL))
        for _ in range(_ROUTER_TRIES):
            made.send(question(way, target))
            if mac := _awaited(made, target):
                return mac
    return b""


def _awaited(made: socket.socket, target: bytes) -> bytes:
    until = time.monotonic() + _ROUTER_SECONDS
    while (left := until - time.monotonic()) > 0:
        if not select.select([made], [], [], left)[0]:
            return b""
        told = answer(made.recv(256))
        if told and told[0] == target:
            return told[1]
    return b""
