"""How many addresses of each subnet are an asset's."""

from collections import Counter
from dataclasses import dataclass
from ipaddress import IPv4Network

from muster.inventory import engine
from muster.organizations.scope import Scope

_IPV4 = bytes(10) + b"\xff\xff"
_BITS = 32


@dataclass(frozen=True, slots=True)
class Usage:
    """One subnet that has an asset: of how many addresses how many are used."""

    subnet: str
    size: int
    used: int


def subnet_usage(scope: Scope, prefix: int) -> list[Usage]:
    """Return the IPv4 subnets of this prefix length in which assets are, in their order."""
    found = engine.rows(
        "SELECT DISTINCT packed FROM asset_address"
        " WHERE organization_id = %s AND packed >= %s AND packed <= %s",
        (scope.organization_id, _IPV4 + bytes(4), _IPV4 + b"\xff" * 4),
    )
    shift = _BITS - prefix
    used = Counter(int.from_bytes(bytes(row[0])[-4:], "big") >> shift for row in found)
    return [
        Usage(str(IPv4Network((network << shift, prefix))), 2**shift, used[network])
        for network in sorted(used)
    ]
