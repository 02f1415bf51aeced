"""What SNMP's tables say, put into words: interfaces, neighbours, switch ports, serial numbers."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import ip_address

from muster.probes.snmp.session import Value
from muster.protocols import text

Index = tuple[int, ...]
Column = Mapping[Index, Value]

# Ethernet and its kin, and wireless (IANAifType); not loopbacks, tunnels and the like.
_WITH_MAC = frozenset({6, 7, 62, 69, 71, 117, 161})
_VIRTUAL = re.compile(r"^(?:docker|veth|virbr|br-|cali|flannel|cni|tap|tun|vnet|lxc|dummy)")
_MAC_BYTES = 6
_V4, _V6 = 1, 2


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another machine that the device knows: its MAC, its address where known, and where it is."""

    mac: str
    address: str
    interface: str


def string(value: Value) -> str:
    """Return a value as text."""
    if value is None:
        return ""
    return text.clean(value if isinstance(value, bytes | str) else str(value))


def strings(column: Column) -> tuple[str, ...]:
    """Return the texts of a column, each once."""
    return tuple(dict.fromkeys(filter(None, map(string, column.values()))))


def mac(value: Value) -> str:
    """Return a value as a MAC, "" if it is none."""
    if isinstance(value, bytes) and len(value) == _MAC_BYTES:
        return next(iter(text.macs([value.hex()])), "")
    return ""


def own_macs(addresses: Column, types: Column, names: Column) -> tuple[str, ...]:
    """Return the MACs of a device's real interfaces, each once."""
    found = [
        mac(value)
        for index, value in addresses.items()
        if types.get(index, 6) in _WITH_MAC and not _VIRTUAL.match(string(names.get(index)))
    ]
    return tuple(dict.fromkeys(filter(None, found)))


def arp(column: Column, names: Column) -> Iterator[Neighbour]:
    """Yield what ipNetToMediaPhysAddress holds: its index is the interface, then the address."""
    for index, value in column.items():
        if len(index) == 5:  # noqa: PLR2004 - an interface and four bytes
            yield from _neighbour(value, index[1:], string(names.get(index[:1])))


def neighbours(column: Column, names: Column) -> Iterator[Neighbour]:
    """Yield what ipNetToPhysicalPhysAddress holds: interface, kind, length, then the address."""
    for index, value in column.items():
        if len(index) > 3 and index[1] in {_V4, _V6}:  # noqa: PLR2004
            yield from _neighbour(value, index[3:], string(names.get(index[:1])))


def _neighbour(value: Value, address: Index, interface: str) -> Iterator[Neighbour]:
    found = mac(value)
    try:
        place = str(ip_address(bytes(address)))
    except ValueError:
        return
    if found and text.addresses([place]):
        yield Neighbour(found, place, interface)


def bridged(column: Column, ports: Column, names: Column) -> Iterator[Neighbour]:
    """Yield what a switch has learnt: the last six numbers of the index are the MAC.

    `ports` tells the interface of each bridge port. Port 0 stands for the switch itself.
    """
    for index, port in column.items():
        number = port if isinstance(port, int) else 0
        if len(index) < _MAC_BYTES or number <= 0:
            continue
        last = index[-_MAC_BYTES:]
        found = mac(bytes(last)) if all(each < 256 for each in last) else ""  # noqa: PLR2004
        interface = ports.get((number,), number)
        name = string(names.get((interface,))) if isinstance(interface, int) else ""
        if found:
            yield Neighbour(found, "", name or str(number))
