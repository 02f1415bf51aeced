"""The description of a UPnP device: an XML document that it serves."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError  # types only: defusedxml does the parsing

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from muster.core.errors import DataError
from muster.protocols import text

FIELDS = (
    "deviceType",
    "friendlyName",
    "manufacturer",
    "manufacturerURL",
    "modelDescription",
    "modelName",
    "modelNumber",
    "modelURL",
    "serialNumber",
    "UDN",
    "presentationURL",
)
_MAC = re.compile(r"(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}")


@dataclass(frozen=True, slots=True)
class Device:
    """Attributes of the root device (`upnp.…`), and its MAC where its serial number is one."""

    attributes: dict[str, str]
    macs: tuple[str, ...]


def read(data: bytes) -> Device:
    """Return what a description says. Raises DataError if it is none."""
    try:
        root: Element = fromstring(data, forbid_dtd=True)
    except (DefusedXmlException, ParseError, ValueError, LookupError, RecursionError) as error:
        raise DataError("the description is no XML") from error
    device = next((each for each in _children(root) if _name(each) == "device"), None)
    if device is None:
        raise DataError("the description describes no device")
    found: dict[str, object] = {}
    for each in _children(device):
        if _name(each) in FIELDS and each.text:
            found.setdefault(f"upnp.{_name(each)}", each.text)
    serial = str(found.get("upnp.serialNumber", ""))
    return Device(text.attributes(found), text.macs(_MAC.findall(serial)))


def _children(element: Element) -> Iterator[Element]:
    yield from list(element)[:200]


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]
