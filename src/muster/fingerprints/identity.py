"""From facts to what a machine is: its system, kind, hardware and services, with the evidence."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from muster.core.probe import Fact
from muster.fingerprints.evidence import (
    HARDWARE,
    OS,
    SERVICE,
    Conclusion,
    Evidence,
    concluded,
    gathered,
    voted,
)
from muster.fingerprints.library import Library
from muster.fingerprints.oui import Makers
from muster.protocols import text

MOST_SOURCES = 8
PREFIX = "fp."

Place = tuple[int, str]
"""A port and its transport."""


@dataclass(frozen=True, slots=True)
class Product:
    """What answers on a port. `attributes` are its `fp.service.…`."""

    product: str = ""
    vendor: str = ""
    version: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Identity:
    """What a machine is, as far as it is known. `attributes` are its `fp.…`, evidence included."""

    os: str = ""
    os_version: str = ""
    device_type: str = ""
    hardware_vendor: str = ""
    hardware: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    services: Mapping[Place, Product] = field(default_factory=dict)


def identify(facts: Iterable[Fact], library: Library, makers: Makers) -> Identity:
    """Return what facts of one machine come to. The same facts give the same, in any order."""
    known = sorted(facts, key=msgspec.json.encode)
    evidence = gathered(known, library)
    system = concluded(evidence, OS, alike=("family", "vendor", "product"))
    hardware = concluded(evidence, HARDWARE, alike=("vendor", "product"))
    kind, kinds = voted(evidence, ("hw.device", "os.device"))
    macs = text.macs(mac for each in known for mac in each.macs)
    maker = makers.of_any(macs)
    attributes = {
        **_told(OS, system),
        **_told(HARDWARE, hardware),
        **_why("type", kinds),
        **_mac(macs, maker, makers),
    }
    certainty = max(system.certainty, hardware.certainty)
    if certainty:
        attributes["fp.certainty"] = f"{certainty:.2f}"
    return Identity(
        os=_system(system.values),
        os_version=system.values.get("version", ""),
        device_type=kind,
        hardware_vendor=hardware.values.get("vendor", "") or maker,
        hardware=hardware.values.get("product", "") or hardware.values.get("model", ""),
        attributes=text.attributes(attributes),
        services=_services(known, evidence),
    )


def _system(values: Mapping[str, str]) -> str:
    return values.get("product", "") or values.get("family", "")


def _told(category: str, conclusion: Conclusion) -> dict[str, object]:
    told: dict[str, object] = {
        f"{PREFIX}{category}.{name}": value for name, value in conclusion.values.items()
    }
    return told | _why(category, conclusion.evidence)


def _why(category: str, evidence: Sequence[Evidence]) -> dict[str, object]:
    """Return where a conclusion comes from, and what was read there, the two in one order."""
    if not evidence:
        return {}
    shown = list({each.source: each for each in reversed(evidence)}.values())[::-1]
    shown.sort(key=lambda each: -each.strength)
    return {
        f"{PREFIX}{category}.source": [each.source for each in shown[:MOST_SOURCES]],
        f"{PREFIX}{category}.matched": [each.text for each in shown[:MOST_SOURCES]],
    }


def _mac(macs: Sequence[str], maker: str, makers: Makers) -> dict[str, object]:
    if not macs:
        return {}
    return {
        "fp.mac.vendor": maker or None,
        "fp.mac.randomized": True if all(map(makers.is_made_up, macs)) else None,
    }


def _services(facts: Sequence[Fact], evidence: Sequence[Evidence]) -> dict[Place, Product]:
    places = {(each.port, each.transport) for each in facts if each.port and not each.via}
    return {place: _product(place, facts, evidence) for place in sorted(places)}


def _product(place: Place, facts: Sequence[Fact], evidence: Sequence[Evidence]) -> Product:
    here = [each for each in evidence if (each.port, each.transport) == place]
    found = concluded(here, SERVICE, alike=("product", "vendor"))
    own = next(
        (each for each in facts if (each.port, each.transport) == place and each.product), None
    )
    values = found.values
    return Product(
        product=values.get("product", "") or (own.product if own else ""),
        vendor=values.get("vendor", "") or (own.vendor if own else ""),
        version=values.get("version", "") or (own.version if own else ""),
        attributes=text.attributes(_told(SERVICE, found)),
    )
