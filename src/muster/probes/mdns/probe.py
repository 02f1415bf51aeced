"""Asking by multicast DNS: each host by itself, across routers too, and all of a segment at once.

A question from another port than 5353 is a one-shot question (RFC 6762, 5.1 and 6.7), which is
answered to the one who asks. First the kinds of services, then what each kind is called here.
"""

from collections.abc import Sequence

from muster.core.errors import DataError
from muster.core.probe import (
    UDP,
    Datagram,
    Fact,
    Need,
    ProbeContext,
    Reach,
    Target,
    UdpProbe,
    heard,
    listening_option,
    listening_time,
)
from muster.core.source import Option
from muster.probes.mdns.announced import announced
from muster.protocols import dns

PORT = 5353
GROUP = "224.0.0.251"
SERVICES = "_services._dns-sd._udp.local."
USUAL = (
    "_workstation._tcp.local.",
    "_device-info._tcp.local.",
    "_smb._tcp.local.",
    "_ipp._tcp.local.",
    "_http._tcp.local.",
    "_ssh._tcp.local.",
    "_airplay._tcp.local.",
    "_googlecast._tcp.local.",
    "_hap._tcp.local.",
)
MOST_KINDS = 24
MOST_ANSWERS = 8
_ID = 0x4D56


class MdnsProbe(UdpProbe):
    """Each host by itself; see the module."""

    name = "mdns"
    label = "Multicast DNS, asked of each host"
    ports: tuple[int, ...] = (PORT,)

    async def run(self, context: ProbeContext, target: Target) -> list[Fact]:
        """Return its names, services, model and MAC; nothing if there is no answer."""
        first = await context.ask(target, _question(SERVICES, *_own_name(target)), most=2)
        if not first:
            return []
        kinds = _kinds([each.data for each in first])
        more = await context.ask(target, _question(*kinds), most=MOST_ANSWERS) if kinds else []
        answers = [each.data for each in [*first, *more]]
        # The model is told under the name of the machine, which is known only now.
        models = [
            f"{name}._device-info._tcp.local."
            for name in announced(answers).of(target.address).labels
        ]
        if models:
            asked = dns.question(models, kind=dns.TXT, id_=_ID, recurse=False)
            answers += [each.data for each in await context.ask(target, asked)]
        return _facts(context, target, answers)


class MdnsSegmentProbe(UdpProbe):
    """All of a segment at once: for those who answer only in the group."""

    name = "mdns-multicast"
    label = "Multicast DNS, asked of the segment"
    reach = Reach.SEGMENT
    ports: tuple[int, ...] = (PORT,)
    needs: frozenset[Need] = frozenset({Need.MULTICAST})
    options: Sequence[Option] = (listening_option("mdns-wait"),)

    async def run(self, context: ProbeContext, target: Target) -> list[Fact]:
        """Return a fact for each host that answers, and none for answers that mean nothing."""
        wait = listening_time(context, "mdns-wait")
        group = target if target.address else Target(GROUP, PORT, UDP)
        answers = await context.multicast(group, _question(SERVICES, *USUAL), most=2000, wait=wait)
        facts: list[Fact] = []
        for address, data in _by_host(answers).items():
            facts += _facts(context, Target(address, PORT, UDP), data)
        return facts


def _question(*names: str) -> bytes:
    return dns.question(names, id_=_ID, recurse=False)


def _own_name(target: Target) -> tuple[str, ...]:
    return (dns.reverse(target.address),)


def _kinds(answers: Sequence[bytes]) -> tuple[str, ...]:
    found = dict.fromkeys(f"{each}." for each in announced(answers).kinds)
    return tuple(found)[:MOST_KINDS]


def _by_host(answers: Sequence[Datagram]) -> dict[str, list[bytes]]:
    found: dict[str, list[bytes]] = {}
    for each in answers:
        found.setdefault(each.address, []).append(each.data)
    return found


def _facts(context: ProbeContext, target: Target, answers: Sequence[bytes]) -> list[Fact]:
    try:
        told = announced(answers).of(target.address)
    except DataError:
        return []
    if not told.attributes:
        return []
    return [
        heard(
            MdnsProbe.name,
            context,
            target,
            names=told.names,
            macs=told.macs,
            addresses=told.addresses,
            protocols=("mdns",),
            attributes=told.attributes,
            raw=b"".join(answers),
        )
    ]
