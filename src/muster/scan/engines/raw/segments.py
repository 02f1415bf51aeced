"""Our own addresses on the segments that a scope has addresses in."""

from muster.scan.engines.raw.netlink import OwnAddress, own_addresses
from muster.scan.scope import Scope

_WIDTHS = {4: 32, 6: 128}


def attached(scope: Scope) -> list[str]:
    """Return one IPv4 address of ours for each segment that the scope touches."""
    return list(
        dict.fromkeys(
            str(own.address)
            for own in own_addresses()
            if own.address.version == 4  # noqa: PLR2004 - groups are asked in IPv4
            and not own.address.is_loopback
            and own.prefix < _WIDTHS[4]
            and _touches(own, scope)
        )
    )


def _touches(own: OwnAddress, scope: Scope) -> bool:
    shift = _WIDTHS[own.address.version] - own.prefix
    first = int(own.address) >> shift << shift
    last = first | ((1 << shift) - 1)
    return any(
        version == own.address.version and start <= last and end >= first
        for version, start, end in scope.intervals
    )
