"""The probe protocol: one technique of a scan, what it may use, and what it tells.

A probe speaks one protocol to one host, politely, and says what it heard as facts. It opens no
socket of its own: the context does, and with it holds the rates, the deadlines and the number of
connections, so that no probe can break them. It concludes nothing either: that is the work of
`muster.fingerprints`, which can do it again later from the stored facts.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

import msgspec

from muster.core.records import Instant, Port
from muster.core.source import CredentialType, Option, OptionKind

TCP = "tcp"
UDP = "udp"
_LISTENING_SECONDS = 3
_LONGEST_LISTENING_SECONDS = 30


class Safety(StrEnum):
    """What a probe can do to a weak device.

    `safe`: what any client of the protocol sends first, once. `polite`: well-formed, but several
    questions or connections. `fragile`: speaks to devices that are known to fall over; one
    connection at a time, one shot, and only where a person asked for it.
    """

    SAFE = "safe"
    POLITE = "polite"
    FRAGILE = "fragile"


class Need(StrEnum):
    """What a probe cannot do without."""

    RAW = "raw"
    MULTICAST = "multicast"
    CREDENTIAL = "credential"


class Reach(StrEnum):
    """How often a probe is run.

    `port`: for each open port that is among its `ports`, or on which something else heard one of
    its `protocols`. `host`: once for each host, at the first of its `ports`, whether or not that
    is known to be open (UDP tells only by an answer). `segment`: once for each network segment;
    its target is the group, and its facts are of whoever answers.
    """

    PORT = "port"
    HOST = "host"
    SEGMENT = "segment"


@dataclass(frozen=True, slots=True)
class Target:
    """Where a probe is to look. `names` are those already known of the host, best first.

    `port` 0 stands for none (ICMP, ARP). `protocols` are those heard on this port so far.
    """

    address: str
    port: int = 0
    transport: str = ""
    names: tuple[str, ...] = ()
    protocols: tuple[str, ...] = ()


class Fact(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="fact"):
    """What one probe heard of one host, or of one of its ports.

    `attributes` are flat text to text, as in records. `macs` and `names` are what the host says
    of itself, `addresses` further ones that it claims, `raw` what it sent, cut at `MOST_RAW`.
    `via` is the host that told it of another one (a router's ARP cache): such a fact is no sign
    of life, and `address` may then be empty, where only a MAC is known (a switch's table).
    `product`, `vendor` and `version` only where the host spells them out itself.
    """

    probe: str
    address: str
    at: Instant
    port: Port = 0
    transport: str = ""
    attributes: Mapping[str, str] = {}
    names: tuple[str, ...] = ()
    macs: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    protocols: tuple[str, ...] = ()
    product: str = ""
    vendor: str = ""
    version: str = ""
    via: str = ""
    raw: bytes = b""


MOST_RAW = 16 * 1024
"""How many bytes of an answer are kept with a fact."""


@dataclass(frozen=True, slots=True)
class Datagram:
    """One UDP answer and who sent it."""

    address: str
    port: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Tls:
    """How a connection is to be secured. Nothing is verified: a scan looks, it does not trust.

    `server_name` "" sends none. `version` pins one (`TLSv1`, `TLSv1.1`, `TLSv1.2`, `TLSv1.3`);
    "" offers all of them. See `muster.core.tls.client_context`, which makes the SSLContext.
    """

    server_name: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class TlsState:
    """What was agreed: version and cipher by OpenSSL's names, and the host's certificate in DER."""

    version: str
    cipher: str
    certificate: bytes


class Stream(Protocol):
    """One TCP connection, owned by the context: it is closed with a FIN when the block is left."""

    tls: TlsState | None

    async def write(self, data: bytes) -> None:
        """Send all of it. Raises UnavailableError if the other side is gone or stuck."""

    async def read(self, limit: int, *, wait: timedelta | None = None) -> bytes:
        """Return the next bytes, at most `limit`; b"" once the other side has finished.

        Raises UnavailableError if nothing comes within `wait`, at most the context's own
        deadline, which None stands for; and if the connection is reset.
        """

    async def start_tls(self, tls: Tls) -> TlsState:
        """Secure the connection from here on. Raises UnavailableError if they do not agree."""


@dataclass(frozen=True, slots=True)
class ProbeCredential:
    """One credential that may be used against a target: its type's name and its fields."""

    id: str
    type: str
    fields: Mapping[str, str]

    def __repr__(self) -> str:
        """Name it without its fields, which hold secrets."""
        return f"ProbeCredential(id={self.id!r}, type={self.type!r})"


class ProbeContext(Protocol):
    """What a probe is given. It holds every limit of the scan; nothing gets around it.

    `options` are the probe's own, by the names it declared, defaults filled in.
    `nameservers` are addresses to ask for names, in order; may be empty.
    """

    options: Mapping[str, str]
    nameservers: Sequence[str]

    def now(self) -> datetime:
        """Return the instant, aware and in UTC, to date a fact with."""

    def credentials(self, target: Target) -> Sequence[ProbeCredential]:
        """Return those of the probe's credential types that may be used against this target."""

    def connect(
        self, target: Target, *, tls: Tls | None = None
    ) -> AbstractAsyncContextManager[Stream]:
        """Connect by TCP; at the end of the block the connection is closed with a FIN.

        Entering waits for the rate and for a free connection of the host, and raises
        UnavailableError if the host does not accept in time, or no TLS is agreed on.
        """

    async def ask(
        self, target: Target, payload: bytes, *, most: int = 1, wait: timedelta | None = None
    ) -> list[Datagram]:
        """Send a datagram and return up to `most` answers of that host, whatever their port.

        Empty if none comes within `wait` (None: the context's own). The context decides whether
        to send again; a datagram of anyone else is dropped.
        """

    async def multicast(
        self, target: Target, payload: bytes, *, most: int, wait: timedelta
    ) -> list[Datagram]:
        """Send a datagram to the group `target` and return what hosts of the scope answer."""

    async def token(self, target: Target, packets: int = 1) -> None:
        """Wait until the rates allow so many packets to the target.

        Only for libraries that must own their socket: to be awaited before each exchange.
        """


class Probe(Protocol):
    """One technique. One instance serves all scans and holds no state of any.

    `ports` are those it is run on without further evidence. `credential_types` are what it can
    use; with `Need.CREDENTIAL` it is not run without one.
    """

    name: str
    label: str
    reach: Reach
    transport: str
    ports: tuple[int, ...]
    protocols: tuple[str, ...]
    is_default_on: bool
    safety: Safety
    needs: frozenset[Need]
    options: Sequence[Option]
    credential_types: Sequence[CredentialType]

    async def run(self, context: ProbeContext, target: Target) -> list[Fact]:
        """Return what was heard; empty if the host does not speak the protocol.

        Raises UnavailableError if it did not answer and DataError if it cannot be understood;
        nothing else, whatever it sends. ConfigError only where a credential or option is wrong.
        """


class TcpProbe:
    """What most probes are: safe, on by default, and asking at open TCP ports."""

    reach: Reach = Reach.PORT
    transport: str = TCP
    protocols: tuple[str, ...] = ()
    is_default_on: bool = True
    safety: Safety = Safety.SAFE
    needs: frozenset[Need] = frozenset()
    options: Sequence[Option] = ()
    credential_types: Sequence[CredentialType] = ()


class UdpProbe(TcpProbe):
    """A probe that asks each host once by UDP, whether or not the port is known to be open."""

    reach: Reach = Reach.HOST
    transport: str = UDP


def heard(
    name: str, context: ProbeContext, target: Target, *, raw: bytes = b"", **told: Any
) -> Fact:
    """Return a fact of the target: `name` is the probe's, `told` are fields of the fact."""
    given: dict[str, Any] = {
        "address": target.address,
        "port": target.port,
        "transport": target.transport,
    }
    return Fact(probe=name, at=context.now(), raw=raw[:MOST_RAW], **(given | told))


def listening_option(name: str) -> Option:
    """Return the option of a probe that asks a segment: how long it listens for answers."""
    return Option(
        name,
        "Seconds to listen",
        kind=OptionKind.INTEGER,
        default=str(_LISTENING_SECONDS),
        help="How long answers are waited for after a question to the group.",
    )


def listening_time(context: ProbeContext, name: str) -> timedelta:
    """Return how long to listen, by that option; what is no sensible number is the default."""
    given = context.options.get(name, "")
    is_number = given.isascii() and given.isdigit() and len(given) < 6  # noqa: PLR2004
    seconds = int(given) if is_number else _LISTENING_SECONDS
    return timedelta(seconds=min(_LONGEST_LISTENING_SECONDS, seconds))
