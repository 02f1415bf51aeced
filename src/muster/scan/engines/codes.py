"""Everything that can be asked of an address, as one small number each: keys of quick tables."""

from muster.scan.ports import FRAGILE, UDP, PortAsk

_UDP = 1 << 16
PING = 1 << 17
NEIGHBOUR = PING + 1
"""ARP for IPv4, neighbour discovery for IPv6."""


def code_of(ask: PortAsk) -> int:
    """Return the number of a port."""
    return ask.port | _UDP if ask.transport == UDP else ask.port


def is_tcp(code: int) -> bool:
    """True for a TCP port."""
    return code < _UDP


def is_udp(code: int) -> bool:
    """True for a UDP port."""
    return _UDP <= code < PING


def port_of(code: int) -> int:
    """Return the port of a TCP or UDP code."""
    return code & 0xFFFF


def is_fragile(code: int) -> bool:
    """True for a TCP port that gets one full connection and no second try."""
    return code in FRAGILE


def udp_code(port: int) -> int:
    """Return the number of a UDP port."""
    return port | _UDP
