"""The way to an address: which interface, from which address of ours, by which neighbour."""

from dataclasses import dataclass
from ipaddress import IPv4Address, ip_address

from muster.scan.engines.raw.netlink import (
    Address,
    Link,
    OwnAddress,
    Route,
    links,
    own_addresses,
    routes,
)

_WIDTHS = {4: 32, 6: 128}
_BLOCK = 24


@dataclass(frozen=True, slots=True)
class Way:
    """How packets reach an address over Ethernet. `router` is "" on the same segment."""

    link: Link
    source: str
    router: str


class Table:
    """The machine's routes as they were when the scan began."""

    def __init__(
        self, known: dict[int, Link], addresses: list[OwnAddress], table: list[Route]
    ) -> None:
        """Take what netlink said."""
        self._links = known
        self._own = {each.address for each in addresses}
        self._addresses = addresses
        self._routes = table
        # Whole blocks of 256 that one router leads to, so that most lookups are one of text; not
        # those in which an address of ours or a longer prefix lies.
        self._routed: dict[str, Way] = {}
        fine = [str(IPv4Address(each.network)) for each in table
                if each.version == 4 and each.prefix > _BLOCK]  # fmt: skip  # noqa: PLR2004
        mine = [str(each.address) for each in addresses]
        self._mixed = {each.rpartition(".")[0] for each in (*fine, *mine)}

    @classmethod
    def read(cls) -> "Table":
        """Ask the kernel."""
        return cls(links(), own_addresses(), routes())

    def usable_links(self) -> list[Link]:
        """Return the Ethernet interfaces that are up."""
        return [each for each in self._links.values() if each.is_up and any(each.mac)]

    def way(self, text: str) -> Way | None:
        """Return the way to an address, None where it is no Ethernet or leads to ourselves."""
        block = text.rpartition(".")[0]
        if block in self._routed:
            return self._routed[block]
        address = ip_address(text)
        way = self._looked_up(address)
        if way and way.router and block and block not in self._mixed:
            self._routed[block] = way
        return way

    def _looked_up(self, address: Address) -> Way | None:
        if address in self._own or address.is_loopback:
            return None
        for route in self._routes:
            if route.version == address.version and _is_within(address, route):
                return self._by(route, address)
        return None

    def _by(self, route: Route, address: Address) -> Way | None:
        link = self._links.get(route.link)
        if link is None or not link.is_up or not any(link.mac):
            return None
        source = self._source(route, address)
        if source is None or self._is_broadcast(route, address):
            return None
        return Way(link, str(source), str(route.gateway) if route.gateway else "")

    def _source(self, route: Route, address: Address) -> Address | None:
        """Return our address in the target's network, else our first on that interface."""
        mine = [
            each
            for each in self._addresses
            if each.link == route.link
            and each.address.version == address.version
            and (not each.is_link_local)
        ]
        near = route.gateway or address
        for each in mine:
            shift = _WIDTHS[address.version] - each.prefix
            if int(each.address) >> shift == int(near) >> shift:
                return each.address
        return mine[0].address if mine else None

    def _is_broadcast(self, route: Route, address: Address) -> bool:
        """True for the first and last address of an attached IPv4 network: many would answer."""
        if address.version != 4 or route.gateway is not None or route.prefix >= 31:  # noqa: PLR2004
            return False
        low = int(address) & ((1 << (32 - route.prefix)) - 1)
        return low in {0, (1 << (32 - route.prefix)) - 1}


def _is_within(address: Address, route: Route) -> bool:
    shift = _WIDTHS[route.version] - route.prefix
    return int(address) >> shift == route.network >> shift
