"""Reading the root of a directory server, which it shows without a login (RFC 4512, 5.1)."""

from muster.core.errors import DataError
from muster.core.probe import Fact, ProbeContext, Target, TcpProbe, Tls, heard
from muster.protocols import ber, streams, text
from muster.protocols.cursor import Cursor

ATTRIBUTES = (
    "defaultNamingContext",
    "rootDomainNamingContext",
    "configurationNamingContext",
    "namingContexts",
    "dnsHostName",
    "ldapServiceName",
    "serverName",
    "vendorName",
    "vendorVersion",
    "supportedLDAPVersion",
    "supportedSASLMechanisms",
    "domainFunctionality",
    "forestFunctionality",
    "domainControllerFunctionality",
    "isGlobalCatalogReady",
    "objectClass",
)
_KNOWN = {each.casefold(): each for each in ATTRIBUTES}
_SEARCH, _ENTRY = 0x63, 0x64
_PRESENT = 0x87
_MOST = 256 * 1024
_SECURED = frozenset({636, 3269})


class LdapProbe(TcpProbe):
    """The root of a directory; see the module."""

    name = "ldap"
    label = "LDAP"
    ports: tuple[int, ...] = (389, 636, 3268, 3269)
    protocols: tuple[str, ...] = ("ldap",)

    async def run(self, context: ProbeContext, target: Target) -> list[Fact]:
        """Return what the server says of itself. Raises DataError if it speaks no LDAP."""
        is_secured = target.port in _SECURED
        async with context.connect(target, tls=Tls() if is_secured else None) as stream:
            await stream.write(request())
            answer = await streams.read_element(stream, most=_MOST)
        found = read(answer)
        told = {f"ldap.{key}": values for key, values in found.items()}
        domains = map(domain, found.get("defaultNamingContext", []))
        return [
            heard(
                self.name,
                context,
                target,
                protocols=("ldap", "tls") if is_secured else ("ldap",),
                names=text.names(found.get("dnsHostName", [])),
                domains=text.names(domains),
                attributes=text.attributes(told),
                raw=answer,
            )
        ]


def request() -> bytes:
    """Return the search for the root: its base is empty, its scope the base alone."""
    search = ber.sequence(
        ber.element(ber.OCTETS, b""),
        ber.integer(0, tag=ber.ENUMERATED),
        ber.integer(0, tag=ber.ENUMERATED),
        ber.integer(1),
        ber.integer(5),
        ber.element(0x01, b"\x00"),
        ber.element(_PRESENT, b"objectClass"),
        ber.sequence(*(ber.element(ber.OCTETS, each.encode()) for each in ATTRIBUTES)),
        tag=_SEARCH,
    )
    return ber.sequence(ber.integer(1), search)


def read(message: bytes) -> dict[str, list[str]]:
    """Return the attributes of the entry; empty where the server shows it to no one.

    Raises DataError if the message is no answer to a search.
    """
    parts = ber.read(Cursor(message))
    inside = parts.inside() if parts.tag == ber.SEQUENCE else []
    if len(inside) < 2 or inside[1].tag & 0xE0 != 0x60:  # noqa: PLR2004 - LDAP's operations
        raise DataError("the answer is no LDAP")
    if inside[1].tag != _ENTRY:
        return {}
    entry = inside[1].inside()
    if len(entry) < 2:  # noqa: PLR2004 - its name and its attributes
        raise DataError("the entry has no attributes")
    found: dict[str, list[str]] = {}
    for attribute in entry[1].inside():
        pair = attribute.inside()
        name = _KNOWN.get(text.clean(pair[0].content).casefold()) if len(pair) > 1 else None
        if name:
            found[name] = [text.clean(each.content) for each in pair[1].inside()]
    return found


def domain(context: str) -> str:
    """Return the DNS name of a naming context: `DC=corp,DC=example` is corp.example."""
    parts = [each.strip() for each in context.split(",")]
    labels = [each[3:] for each in parts if each[:3].casefold() == "dc="]
    return ".".join(labels) if labels and len(labels) == len(parts) else ""
