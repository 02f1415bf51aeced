"""Counting what really arrives: a packet socket on the scanner's port of the switch."""

import contextlib
import socket
import struct
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from scan.lab.network import Network

_SO_TIMESTAMPNS = 35
_ETH_P_ALL = 3
_RST = 0x04


@dataclass(frozen=True, slots=True)
class Packet:
    at: float
    target: str
    is_reset: bool


@dataclass
class Watched:
    """What the scanner sent, in order."""

    packets: list[Packet] = field(default_factory=list)

    def most_in_a_second(self, target: str = "") -> int:
        times = [each.at for each in self.packets if not target or each.target == target]
        return busiest(times)

    def targets(self) -> set[str]:
        return {each.target for each in self.packets}

    def busiest_target(self) -> int:
        by_target: dict[str, list[float]] = {}
        for each in self.packets:
            by_target.setdefault(each.target, []).append(each.at)
        return max(map(busiest, by_target.values()))

    def per_second(self) -> Counter[int]:
        first = self.packets[0].at
        return Counter(int(each.at - first) for each in self.packets)

    @property
    def resets(self) -> int:
        return sum(each.is_reset for each in self.packets)


def busiest(times: list[float]) -> int:
    most, start = 0, 0
    for end, at in enumerate(times):
        while at - times[start] >= 1.0:
            start += 1
        most = max(most, end - start + 1)
    return most


@contextlib.contextmanager
def watched(network: Network) -> Iterator[Watched]:
    """Write down every packet of the scanner while the block runs."""
    made = network.inside("switch", _opened)
    seen, stop = Watched(), threading.Event()
    thread = threading.Thread(target=_watch, args=(made, seen, stop))
    thread.start()
    try:
        yield seen
    finally:
        stop.set()
        thread.join()
        made.close()


def _opened() -> socket.socket:
    made = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    made.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
    made.bind(("pscanner", _ETH_P_ALL))
    made.settimeout(0.2)
    return made


def _watch(made: socket.socket, seen: Watched, stop: threading.Event) -> None:
    while True:
        try:
            frame, told, _flags, sender = made.recvmsg(128, 64)
        except TimeoutError:
            if stop.is_set():
                return
            continue
        if sender[2] != socket.PACKET_OUTGOING and (target := _target(frame)):
            seconds, nanoseconds = struct.unpack("qq", told[0][2])
            is_reset = frame[12:14] == b"\x08\x00" and frame[23] == 6 and bool(frame[47] & _RST)
            seen.packets.append(Packet(seconds + nanoseconds / 1e9, target, is_reset))


def _target(frame: bytes) -> str:
    if frame[12:14] == b"\x08\x00":
        return socket.inet_ntoa(frame[30:34])
    # What asks everybody for an address counts for that address.
    return socket.inet_ntoa(frame[38:42]) if frame[12:14] == b"\x08\x06" else ""
