"""What an engine is told to ask, and what it says of it."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import NamedTuple

from muster.scan.ports import LIVENESS_TCP, PortAsk


class State(Enum):
    """What is known of an address or a port."""

    ALIVE = auto()
    """Something answered at the address; told once."""
    OPEN = auto()
    """A port accepts connections, or answered our datagram."""
    DONE = auto()
    """All that was to be asked of an address is answered or timed out; told once, at the end."""


class Reply(NamedTuple):
    """One thing that an engine heard.

    `number` is the address's place in the scope. `how` is what it answered: `arp`, `nd`, `icmp`,
    `tcp` or `udp`. `ttl` and `mac` only where the engine sees them; a MAC is that of the host
    itself, never of a router. `data` is a datagram's content. For DONE, `is_alive` says whether
    anything answered, and `refused` how many ports said that they are closed.
    """

    number: int
    address: str
    state: State
    transport: str = ""
    port: int = 0
    how: str = ""
    rtt_seconds: float = 0.0
    ttl: int = 0
    mac: str = ""
    data: bytes = b""
    is_alive: bool = False
    refused: int = 0


class Asked(NamedTuple):
    """A target as an engine takes it: its place in the scope, and its address."""

    number: int
    address: str


@dataclass(frozen=True, slots=True)
class Asking:
    """What is asked of every address.

    With `skips_liveness` the ports are asked of every address; else only of those that answered.
    `tries` are sendings in all of what may get lost; a fragile port is asked once.
    `group` is how many addresses are in work at a time. `most_wait_seconds` is how long any
    answer is waited for at most.
    """

    ports: tuple[PortAsk, ...]
    skips_liveness: bool = False
    pings: bool = True
    liveness_tcp: tuple[int, ...] = LIVENESS_TCP
    tries: int = 3
    liveness_tries: int = 2
    group: int = 4096
    host_connections: int = 2
    first_wait_seconds: float = 1.0
    least_wait_seconds: float = 0.2
    most_wait_seconds: float = 3.0
