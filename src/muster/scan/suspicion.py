"""Telling answers of hosts from those of a firewall or proxy that answers for everything."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from ipaddress import ip_network

from muster.scan.found import Found

_FEWEST_PORTS = 20
_MOST_OPEN = 0.8
_FEWEST_ADDRESSES = 64
_MOST_ALIVE = 0.98
_PREFIX = 120


def answers_every_port(found: Found, asked: int) -> bool:
    """True if so many of the asked TCP ports are open that no host can be behind them."""
    opened = sum(transport == "tcp" for transport, _port in found.ports)
    return asked >= _FEWEST_PORTS and opened >= asked * _MOST_OPEN


@dataclass(slots=True)
class _Network:
    asked: int = 0
    alive: int = 0
    likenesses: set[tuple[object, ...]] = field(default_factory=set)


class Suspicion:
    """Watches networks of 256 addresses for being answered for by one machine."""

    def __init__(self) -> None:
        """Nothing was seen yet."""
        self._networks: dict[str, _Network] = {}

    def note(self, address: str, found: Found | None) -> None:
        """Take an address that is done, and what was found of it."""
        network = self._networks.setdefault(_network(address), _Network())
        network.asked += 1
        if found is not None:
            network.alive += 1
            if len(network.likenesses) < 2:  # noqa: PLR2004 - two differ: that is all to know
                network.likenesses.add((found.mac, found.ttl, *sorted(found.ports)))

    def networks(self) -> Iterator[str]:
        """Yield the networks in which every address answers alike."""
        for name, each in self._networks.items():
            is_full = each.asked >= _FEWEST_ADDRESSES and each.alive >= each.asked * _MOST_ALIVE
            if is_full and len(each.likenesses) == 1:
                yield name


def _network(address: str) -> str:
    """Return the network's name; runs for every address, so IPv4 is cut as text."""
    if ":" not in address:
        return f"{address.rpartition('.')[0]}.0/24"
    return str(ip_network((address, _PREFIX), strict=False))
