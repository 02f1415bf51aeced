"""Asking the name servers of the scan for the PTR records of an address.

It is the server that is asked, never the host itself, so the most fragile device is safe.
"""

import zlib
from collections.abc import Sequence

from muster.core.errors import UnavailableError
from muster.core.probe import Datagram, Fact, ProbeContext, Target, UdpProbe, heard
from muster.core.source import Option, OptionKind
from muster.protocols import dns, text

_PORT = 53


class DnsProbe(UdpProbe):
    """Reverse names of an address; see the module."""

    name = "dns"
    label = "Reverse DNS"
    ports: tuple[int, ...] = (_PORT,)
    options: Sequence[Option] = (
        Option(
            "dns-names",
            "Use as names",
            kind=OptionKind.BOOLEAN,
            default="true",
            help="Switch off where PTR records are old or made up (host-10-0-0-7.isp.example).",
        ),
    )

    async def run(self, context: ProbeContext, target: Target) -> list[Fact]:
        """Return the names of the first server that answers, or nothing if it knows none."""
        question = dns.reverse(target.address)
        id_ = zlib.crc32(target.address.encode()) & 0xFFFF
        asked = dns.question([question], id_=id_, recurse=True)
        for server in context.nameservers:
            answers = await context.ask(Target(server, _PORT, "udp"), asked)
            matching = [each for each in answers if each.data[:2] == asked[:2]]
            if matching:
                return _told(context, target, question, matching[0])
        if context.nameservers:
            raise UnavailableError("no name server answers")
        return []


def _told(context: ProbeContext, target: Target, question: str, answer: Datagram) -> list[Fact]:
    asked = question.rstrip(".").casefold()
    found = text.names(
        name
        for owner, name in dns.pointers(dns.records(answer.data))
        # A reverse zone may be delegated through a CNAME (RFC 2317): then the owner is another.
        if owner.casefold() == asked or owner.casefold().endswith(".in-addr.arpa")
    )
    if not found:
        return []
    return [
        heard(
            DnsProbe.name,
            context,
            target,
            port=0,
            transport="",
            names=found if context.options.get("dns-names") == "true" else (),
            attributes=text.attributes({"dns.names": found}),
            raw=answer.data,
            via=answer.address,
        )
    ]
