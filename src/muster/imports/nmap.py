"""Records out of nmap's XML (`nmap -oX`): one asset for each host that is up, and its open ports.

A file is read host by host, so that a large one needs no large memory. Entities are not resolved:
nmap writes none, and whoever does means harm.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import BinaryIO
from xml.etree.ElementTree import Element, ParseError  # types only: defusedxml does the parsing

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from muster.core import normalize
from muster.core.errors import DataError
from muster.core.records import AssetRecord, ServiceRecord
from muster.protocols import text

SOURCE = "nmap"
KIND = "host"
MOST_PORTS = 65_536
_SCRIPTS = {"http-title": "html.title", "http-server-header": "http.head.server"}
"""Scripts whose result a fingerprint can be matched against, as our own probes call it."""


def records(file: BinaryIO) -> Iterator[AssetRecord | ServiceRecord]:
    """Yield the records of a file. Raises DataError if it is none of nmap, or breaks off."""
    depth, root = 0, None
    try:
        for event, element in iterparse(file, events=("start", "end"), forbid_entities=True):
            depth += 1 if event == "start" else -1
            if root is None:
                root = _root(element)
            elif event == "end" and depth == 1:
                if element.tag == "host":
                    yield from _host(element)
                root.clear()
    except DefusedXmlException as error:
        raise DataError("the XML declares entities, which nmap never does") from error
    except (ParseError, ValueError, LookupError) as error:
        raise DataError(
            f"the XML cannot be read: {error}", hint="A scan that was stopped leaves half a file."
        ) from error


def _root(element: Element) -> Element:
    if element.tag != "nmaprun":
        raise DataError(
            f"the XML is of <{str(element.tag)[:40]}>, not of nmap",
            hint="Write it with: nmap -oX FILE.",
        )
    return element


def _host(host: Element) -> Iterator[AssetRecord | ServiceRecord]:
    status = host.find("status")
    addresses = _addresses(host, ("ipv4", "ipv6"))
    if not addresses or (status is not None and status.get("state") != "up"):
        return
    yield _asset(host, addresses)
    for port in host.findall("ports/port")[:MOST_PORTS]:
        state = port.find("state")
        if state is not None and state.get("state") == "open":
            yield _service(port, addresses[0])


def _addresses(host: Element, kinds: tuple[str, ...]) -> tuple[str, ...]:
    found = (
        each.get("addr", "") for each in host.findall("address") if each.get("addrtype") in kinds
    )
    return tuple(dict.fromkeys(filter(None, map(normalize.address, found))))


def _asset(host: Element, addresses: tuple[str, ...]) -> AssetRecord:
    match = max(host.findall("os/osmatch"), key=_accuracy, default=None)
    described = match.find("osclass") if match is not None else None
    macs = [each for each in host.findall("address") if each.get("addrtype") == "mac"]
    status = host.find("status")
    told: dict[str, object] = {
        "status.reason": status.get("reason") if status is not None else None,
        "os.match": match.get("name") if match is not None else None,
        "os.accuracy": match.get("accuracy") if match is not None else None,
        "os.family": described.get("osfamily") if described is not None else None,
        "mac.vendor": macs[0].get("vendor") if macs else None,
        **_scripts(host.findall("hostscript/script")),
    }
    return AssetRecord(
        source=SOURCE,
        kind=KIND,
        id=addresses[0],
        names=text.names(each.get("name", "") for each in host.findall("hostnames/hostname")),
        addresses=addresses,
        macs=text.macs(each.get("addr", "") for each in macs),
        os=text.clean(match.get("name", "")) if match is not None else "",
        device_type=text.clean(described.get("type", "")) if described is not None else "",
        hardware_vendor=text.clean(macs[0].get("vendor", "")) if macs else "",
        is_alive=True,
        seen_at=_instant(host.get("endtime", "")),
        attributes=text.attributes(told),
    )


def _accuracy(match: Element) -> int:
    given = match.get("accuracy", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 4 else 0  # noqa: PLR2004


def _instant(given: str) -> datetime | None:
    if not given.isascii() or not given.isdigit() or len(given) > 10:  # noqa: PLR2004 - to 2286
        return None
    return datetime.fromtimestamp(int(given), UTC)


def _service(port: Element, address: str) -> ServiceRecord:
    number, service = port.get("portid", ""), port.find("service")
    if not number.isascii() or not number.isdigit() or not 0 <= int(number[:6]) <= 65_535:  # noqa: PLR2004
        raise DataError(f"the port {number[:20]!r} of {address} is no port")
    said = service.attrib if service is not None else {}
    told: dict[str, object] = {
        "nmap.service": said.get("name"),
        "nmap.extraInfo": said.get("extrainfo"),
        "nmap.osType": said.get("ostype"),
        "nmap.tunnel": said.get("tunnel"),
        **_scripts(port.findall("script")),
    }
    return ServiceRecord(
        source=SOURCE,
        asset_id=address,
        address=address,
        transport=text.clean(port.get("protocol", "tcp"), most=10) or "tcp",
        port=int(number),
        protocols=tuple(filter(None, [text.clean(said.get("name", ""), most=60)])),
        product=text.clean(said.get("product", "")),
        version=text.clean(said.get("version", "")),
        attributes=text.attributes(told),
    )


def _scripts(scripts: list[Element]) -> dict[str, object]:
    told: dict[str, object] = {}
    for each in scripts[:100]:
        name = text.clean(each.get("id", ""), most=60)
        if name:
            told[_SCRIPTS.get(name, f"nmap.script.{name}")] = each.get("output")
    return told
