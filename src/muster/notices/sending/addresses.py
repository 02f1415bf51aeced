"""Where nothing is sent to: addresses that only the machine itself has business with.

A self-hosted product tells hosts of its own network, so private addresses are fine unless the
server's setting says otherwise. Link-local ones never are: a cloud's metadata service, which
hands out credentials, is one of them.
"""

import socket
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from muster.core.errors import ConfigError, UnavailableError

Address = IPv4Address | IPv6Address

# Metadata services outside of 169.254.0.0/16: Alibaba, Oracle, AWS over IPv6.
_METADATA = tuple(
    ip_network(each) for each in ("100.100.100.200/32", "192.0.0.192/32", "fd00:ec2::/32")
)
# What leads into IPv4 by other ways: NAT64 (RFC 6052), 6to4 (RFC 3056).
_NAT64 = ip_network("64:ff9b::/96")
_LOW_32 = 0xFFFFFFFF


def resolved(host: str, port: int, *, is_internal_allowed: bool) -> list[str]:
    """Return the addresses of a host, the one to try first before the others; all are allowed.

    Raises UnavailableError if the name has none now, ConfigError if one is not allowed.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise UnavailableError(
            f"the name {host} cannot be resolved", hint="Check the DNS and the name."
        ) from error
    addresses = list(dict.fromkeys(str(each[4][0]) for each in found))
    check(addresses, host=host, is_internal_allowed=is_internal_allowed)
    return addresses


def check(addresses: Iterable[str], *, host: str, is_internal_allowed: bool) -> None:
    """Raise ConfigError if nothing may be sent to one of these addresses."""
    for text in addresses:
        for address in _meant(ip_address(text.partition("%")[0])):
            if why := _refused(address, is_internal_allowed=is_internal_allowed):
                raise ConfigError(
                    f"{host} leads to {text}, {why}", hint="Choose a host that may be told."
                )


def _meant(address: Address) -> Iterable[Address]:
    """Yield the address and what it stands for."""
    yield address
    if isinstance(address, IPv4Address):
        return
    for inner in (address.ipv4_mapped, address.sixtofour):
        if inner is not None:
            yield inner
    if address in _NAT64:
        yield IPv4Address(int(address) & _LOW_32)


def _refused(address: Address, *, is_internal_allowed: bool) -> str:
    if address.is_link_local or any(address in each for each in _METADATA):
        return "where cloud machines find their credentials or only neighbours answer"
    if address.is_unspecified or address.is_multicast or address == IPv4Address(_LOW_32):
        return "which is no address of a host"
    if not is_internal_allowed and not address.is_global:
        return "which is inside of the network, and this server's settings forbid that"
    return ""
