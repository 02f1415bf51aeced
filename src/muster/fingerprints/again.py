"""Fingerprinting again what was stored, with newer fingerprints and without a new scan."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

import msgspec

from muster.core.probe import Fact
from muster.core.records import AssetRecord, ServiceRecord
from muster.fingerprints.identity import PREFIX, Identity, Product, identify
from muster.fingerprints.library import Library
from muster.fingerprints.oui import Makers

_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


def facts_of(asset: AssetRecord, services: Iterable[ServiceRecord]) -> list[Fact]:
    """Return the facts that records of a machine stand for; what was concluded is left out."""
    at = asset.seen_at or _BEGINNING
    address = asset.addresses[0] if asset.addresses else ""
    said = _raw(asset.attributes)
    own = Fact(probe=asset.source, address=address, at=at, macs=asset.macs, attributes=said)
    return [own, *(_fact(each, at) for each in services)]


def refingerprint(
    asset: AssetRecord, services: Iterable[ServiceRecord], library: Library, makers: Makers
) -> tuple[AssetRecord, list[ServiceRecord]]:
    """Return the records of a machine with what today's fingerprints make of them."""
    known = list(services)
    return applied(asset, known, identify(facts_of(asset, known), library, makers))


def applied(
    asset: AssetRecord, services: Iterable[ServiceRecord], identity: Identity
) -> tuple[AssetRecord, list[ServiceRecord]]:
    """Return the records with an identity in place of what was concluded before.

    Where it says nothing, what the record had stays: it may come from elsewhere.
    """
    named = msgspec.structs.replace(
        asset,
        os=identity.os or asset.os,
        os_version=identity.os_version if identity.os else asset.os_version,
        device_type=identity.device_type or asset.device_type,
        hardware_vendor=identity.hardware_vendor or asset.hardware_vendor,
        hardware=identity.hardware or asset.hardware,
        attributes={**_raw(asset.attributes), **identity.attributes},
    )
    return named, [_named(each, identity) for each in services]


def _named(service: ServiceRecord, identity: Identity) -> ServiceRecord:
    found = identity.services.get((service.port, service.transport), Product())
    return msgspec.structs.replace(
        service,
        product=found.product or service.product,
        vendor=found.vendor if found.product else service.vendor,
        version=found.version if found.product else service.version,
        attributes={**_raw(service.attributes), **found.attributes},
    )


def _fact(service: ServiceRecord, at: datetime) -> Fact:
    return Fact(
        probe=service.protocols[0] if service.protocols else service.transport,
        address=service.address,
        at=at,
        port=service.port,
        transport=service.transport,
        protocols=service.protocols,
        product=service.product,
        vendor=service.vendor,
        version=service.version,
        attributes=_raw(service.attributes),
    )


def _raw(attributes: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in attributes.items() if not name.startswith(PREFIX)}
