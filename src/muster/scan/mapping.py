"""Turning what was found of a host into records; pure."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from muster.core.probe import Fact, Reach
from muster.core.records import AssetRecord, ServiceRecord
from muster.scan.found import Found

SOURCE = "runzero"
_MOST_NAMES = 32
_MOST_ADDRESSES = 64


def asset(found: Found, *, id_: str, engine: str, at: datetime, name: str = "") -> AssetRecord:
    """Return the record of a host. `name` is what a person called it in the targets."""
    names = tuple(dict.fromkeys([*found.names, *([name] if name else [])]))
    own = [address for fact in found.facts if not fact.via for address in fact.addresses]
    domains = dict.fromkeys(each for fact in found.facts for each in fact.domains if each)
    return AssetRecord(
        source=SOURCE,
        id=id_,
        names=names[:_MOST_NAMES],
        # The one that answered comes first; those that it claims follow.
        addresses=tuple(dict.fromkeys([found.address, *own]))[:_MOST_ADDRESSES],
        macs=found.macs,
        domains=tuple(domains),
        is_scanned=True,
        is_alive=True,
        seen_at=at,
        attributes=_asset_attributes(found, engine),
    )


def services(found: Found, *, id_: str) -> list[ServiceRecord]:
    """Return a record for each open port."""
    told: dict[tuple[str, int], list[Fact]] = {key: [] for key in found.ports}
    for fact in found.facts:
        if fact.port and fact.transport and not fact.via:
            told.setdefault((fact.transport, fact.port), []).append(fact)
    if found.is_proxied:
        return []
    return [
        _service(found, key, facts, id_=id_)
        for key, facts in sorted(told.items(), key=lambda each: each[0])
    ]


def merged(one: AssetRecord, other: AssetRecord) -> AssetRecord:
    """Return one record of two addresses of the same machine; the first speaks first."""
    texts = ("os", "os_version", "device_type", "hardware", "hardware_vendor")
    lists = ("names", "addresses", "macs", "domains")
    changes: dict[str, object] = {
        each: tuple(dict.fromkeys(getattr(one, each) + getattr(other, each))) for each in lists
    }
    changes |= {each: getattr(one, each) or getattr(other, each) for each in texts}
    changes["attributes"] = {**other.attributes, **one.attributes}
    changes["seen_at"] = other.seen_at
    return msgspec.structs.replace(one, **changes)


def _service(found: Found, key: tuple[str, int], facts: list[Fact], *, id_: str) -> ServiceRecord:
    transport, port = key
    return ServiceRecord(
        source=SOURCE,
        asset_id=id_,
        address=found.address,
        transport=transport,
        port=port,
        protocols=tuple(dict.fromkeys(each for fact in facts for each in fact.protocols)),
        product=_first(fact.product for fact in facts),
        vendor=_first(fact.vendor for fact in facts),
        version=_first(fact.version for fact in facts),
        attributes=_attributes(facts) | {"service.transport": transport},
    )


def _asset_attributes(found: Found, engine: str) -> dict[str, str]:
    attributes = _attributes(fact for fact in found.facts if _is_of_host(fact))
    attributes["scan.engine"] = engine
    attributes["scan.how"] = found.how
    if found.hops is not None:
        attributes["ip.ttl"], attributes["ip.ttl.hops"] = str(found.ttl), str(found.hops)
    if found.mac:
        attributes["ip.mac"] = found.mac
    if found.is_proxied:
        attributes["scan.answersEveryPort"] = "true"
    return attributes


def _is_of_host(fact: Fact) -> bool:
    """True if a fact tells of the machine: of no port, or from a probe that asks hosts."""
    from muster.probes.registry import PROBES  # heavy, and nothing for a port scan alone

    probe = PROBES.get(fact.probe)
    return not fact.port or probe is None or probe.reach is not Reach.PORT


def _attributes(facts: Iterable[Fact]) -> dict[str, str]:
    attributes: dict[str, str] = {}
    for fact in facts:
        for name, value in fact.attributes.items():
            attributes.setdefault(name, value)
    return attributes


def _first(texts: Iterable[str]) -> str:
    return next(filter(None, texts), "")
