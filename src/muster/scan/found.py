"""What was found of one address, while it is being put together."""

from dataclasses import dataclass, field

from muster.core.probe import Fact
from muster.scan.engines.reply import Reply, State

_FIRST_TTLS = (32, 64, 128, 255)


@dataclass(slots=True)
class Found:
    """One address that answered. `ports` are the open ones, with what a datagram brought."""

    number: int
    address: str
    how: str
    mac: str = ""
    ttl: int = 0
    rtt_seconds: float = 0.0
    refused: int = 0
    is_proxied: bool = False
    ports: dict[tuple[str, int], bytes] = field(default_factory=dict)
    facts: list[Fact] = field(default_factory=list)

    def add(self, reply: Reply) -> None:
        """Take what an engine heard."""
        if reply.state is State.OPEN:
            self.ports[reply.transport, reply.port] = reply.data
        self.ttl = self.ttl or reply.ttl
        self.mac = self.mac or reply.mac

    @property
    def hops(self) -> int | None:
        """How many routers are between, as the time to live tells; None if it does not."""
        if not self.ttl:
            return None
        return min(first - self.ttl for first in _FIRST_TTLS if first >= self.ttl)

    @property
    def names(self) -> tuple[str, ...]:
        """Names that the host goes by, best first."""
        if not self.facts:
            return ()
        ranked = sorted(self.facts, key=lambda fact: _RANKS.get(fact.probe, _LAST_RANK))
        names: dict[str, str] = {}
        for name in (each for fact in ranked for each in fact.names if each):
            names.setdefault(name.casefold(), name)
        return tuple(names.values())

    @property
    def macs(self) -> tuple[str, ...]:
        """MACs, the one that was seen on the segment first."""
        if not self.facts:
            return (self.mac,) if self.mac else ()
        told = [mac for fact in self.facts for mac in fact.macs if mac]
        return tuple(dict.fromkeys([self.mac, *told] if self.mac else told))

    @property
    def protocols(self) -> dict[tuple[str, int], tuple[str, ...]]:
        """Protocols heard on each port."""
        heard: dict[tuple[str, int], dict[str, None]] = {}
        for fact in self.facts:
            if fact.port:
                at = heard.setdefault((fact.transport, fact.port), {})
                at.update(dict.fromkeys(fact.protocols))
        return {key: tuple(each) for key, each in heard.items()}


# What a computer calls itself to other computers is what a directory calls it, too.
_RANKS = {
    name: rank
    for rank, names in enumerate(
        (("smb", "rdp", "http", "ldap"), ("netbios",), ("snmp",), ("mdns", "mdns-multicast"),
         ("ssdp", "ssdp-multicast"), ("tls", "ftp", "smtp"), ("dns",))
    )
    for name in names
}  # fmt: skip
_LAST_RANK = 9
