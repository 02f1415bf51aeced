"""Searching UPnP devices (SSDP), each host by itself or all of a segment.

Of each the description that it points to is read: maker, model, serial number, name. It is
fetched only from the host that answered: a device that points elsewhere does not make the scan
fetch what it likes. Source: UPnP Device Architecture 2.0, 1.3 and 2.3.
"""

import contextlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from muster.core import normalize
from muster.core.errors import DataError, MusterError
from muster.core.probe import (
    TCP,
    UDP,
    Datagram,
    Fact,
    Need,
    ProbeContext,
    Reach,
    Safety,
    Target,
    UdpProbe,
    heard,
    listening_option,
    listening_time,
)
from muster.core.source import Option
from muster.probes.ssdp import description
from muster.protocols import http, text

PORT = 1900
GROUP = "239.255.255.250"
_SEARCH = (
    "M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\n"
    'MAN: "ssdp:discover"\r\nMX: 1\r\nST: {what}\r\n\r\n'
)
MOST_ANSWERS = 20
MOST_DESCRIPTIONS = 2
_HEADER = re.compile(r"([A-Za-z0-9.-]{1,40})\s*:\s*(.*)")


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer to a search."""

    server: str
    location: str
    target: str
    usn: str


class SsdpProbe(UdpProbe):
    """Each host by itself; see the module."""

    name = "ssdp"
    label = "UPnP, asked of each host"
    ports: tuple[int, ...] = (PORT,)
    safety = Safety.POLITE

    async def run(self, context: ProbeContext, target: Target) -> list[Fact]:
        """Return what the devices of the host say; nothing if there is no answer."""
        search = _SEARCH.format(what="upnp:rootdevice").encode()
        answers = await context.ask(target, search, most=MOST_ANSWERS)
        return await _facts(context, target, answers)


class SsdpSegmentProbe(UdpProbe):
    """All of a segment at once."""

    name = "ssdp-multicast"
    label = "UPnP, asked of the segment"
    reach = Reach.SEGMENT
    ports: tuple[int, ...] = (PORT,)
    safety = Safety.POLITE
    needs: frozenset[Need] = frozenset({Need.MULTICAST})
    options: Sequence[Option] = (listening_option("ssdp-wait"),)

    async def run(self, context: ProbeContext, target: Target) -> list[Fact]:
        """Return facts of each host that answers."""
        wait = listening_time(context, "ssdp-wait")
        group = target if target.address else Target(GROUP, PORT, UDP)
        search = _SEARCH.format(what="ssdp:all").encode()
        answers = await context.multicast(group, search, most=2000, wait=wait)
        facts: list[Fact] = []
        for address in dict.fromkeys(each.address for each in answers):
            own = [each for each in answers if each.address == address]
            facts += await _facts(context, Target(address, PORT, UDP), own)
        return facts


def read(data: bytes) -> Answer:
    """Return an answer to a search. Raises DataError if it is none."""
    lines = text.decode(data[:4096]).splitlines()
    if not lines or not lines[0].startswith(("HTTP/1.", "NOTIFY ")):
        raise DataError("the answer is no SSDP")
    found = (_HEADER.match(line) for line in lines[1:50])
    headers = {each[1].casefold(): text.clean(each[2]) for each in found if each}
    return Answer(*(headers.get(key, "") for key in ("server", "location", "st", "usn")))


async def _facts(context: ProbeContext, target: Target, answers: Sequence[Datagram]) -> list[Fact]:
    said: list[Answer] = []
    for each in answers:
        with contextlib.suppress(DataError):
            said.append(read(each.data))
    if not said:
        return []
    told = {
        "ssdp.server": next((each.server for each in said if each.server), None),
        "ssdp.locations": [each.location for each in said],
        "ssdp.targets": [each.target for each in said],
        "ssdp.usns": [each.usn for each in said],
    }
    fact = heard(
        SsdpProbe.name,
        context,
        target,
        protocols=("ssdp",),
        attributes=text.attributes(told),
        raw=b"".join(each.data for each in answers),
    )
    return [fact, *await _descriptions(context, target, said)]


async def _descriptions(
    context: ProbeContext, target: Target, said: Sequence[Answer]
) -> list[Fact]:
    places = dict.fromkeys(each.location for each in said if each.location)
    facts: list[Fact] = []
    for place in list(places)[:MOST_DESCRIPTIONS]:
        # A device whose description cannot be had is known by its answer all the same.
        with contextlib.suppress(MusterError):
            facts.append(await _description(context, target, place))
    return facts


async def _description(context: ProbeContext, target: Target, place: str) -> Fact:
    port, path = located(place, at=target.address)
    there = Target(target.address, port, TCP)
    async with context.connect(there) as stream:
        answer = await http.exchange(stream, http.request(path, host=f"{target.address}:{port}"))
    device = description.read(answer.body)
    return heard(
        SsdpProbe.name,
        context,
        there,
        protocols=("http", "upnp"),
        attributes=device.attributes,
        macs=device.macs,
        raw=answer.raw,
    )


def located(place: str, *, at: str) -> tuple[int, str]:
    """Return port and path of a description. Raises DataError if it does not lie at the host."""
    try:
        parts = urlsplit(place)
        port = parts.port or 80
    except ValueError as error:
        raise DataError("the location cannot be read") from error
    if parts.scheme != "http" or normalize.address(parts.hostname or "") != at:
        raise DataError("the location is that of another host")
    path = parts.path or "/"
    return port, f"{path}?{parts.query}" if parts.query else path
