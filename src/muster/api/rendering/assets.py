"""Assets, as existing clients read them (reference console-api.md, Asset)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from muster.api.rendering.plain import distinct, id_or_none, tagged
from muster.core.normalize import address, mac
from muster.core.records import ServiceRecord
from muster.inventory.attributes import attribute_prefix
from muster.inventory.selectors import WholeAsset, WholeService
from muster.inventory.selectors.records import StoredRecord
from muster.organizations.models import Organization
from muster.query.values.sources import source_display_name

JSON = dict[str, Any]

_CUSTOM = -1
"""How a custom integration is numbered outside; inside, all of them share 0."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a thing is told with: its organization, and the tasks that told of it, by run."""

    organization: Organization
    tasks: Mapping[int, str] = field(default_factory=dict)
    integrations: Mapping[str, str] = field(default_factory=dict)
    """The ids of custom integrations, by the name their records have as source."""


def asset_document(asset: WholeAsset, around: Surroundings) -> JSON:
    """Return one asset."""
    return {
        **_identity(asset, around),
        **_state(asset),
        **_network(asset.records),
        **_ports(asset.services),
        **_origin(asset, around),
        **_people(asset),
        **_NOT_KEPT,
        "services": {_place(each.record): service_data(each) for each in asset.services},
        "attributes": _attributes(asset.records),
        "foreign_attributes": _foreign_attributes(asset.records),
    }


def service_data(service: WholeService) -> dict[str, str]:
    """Return what is said of a service, as text by name."""
    record = service.record
    named = {
        "protocol": "\t".join(record.protocols),
        "product": record.product,
        "vendor": record.vendor,
        "version": record.version,
    }
    return {**{name: text for name, text in named.items() if text}, **record.attributes}


def _identity(asset: WholeAsset, around: Surroundings) -> JSON:
    row = asset.row
    return {
        "id": str(row.uid),
        "created_at": row.created_at,
        "updated_at": row.updated_at,
        "organization_id": str(around.organization.uid),
        "org_name": around.organization.name,
        "site_id": str(row.site.uid),
        "site_name": row.site.name,
    }


def _state(asset: WholeAsset) -> JSON:
    row = asset.row
    return {
        "scanned": row.is_scanned,
        "alive": row.is_alive,
        "active": row.is_active,
        "first_seen": row.first_seen,
        "last_seen": row.last_seen,
        "detected_by": _attribute(asset.records, "detected_by", "scan.how"),
        "type": row.device_type,
        "os": row.os,
        "os_version": row.os_version,
        "hw": _hardware(row.hardware_vendor, row.hardware),
        "hw_vendor": row.hardware_vendor,
        "hw_product": row.hardware,
        "lowest_ttl": _number(_attribute(asset.records, "ip.ttl")),
        "lowest_rtt": 0,
        "rtts": {},
    }


def _hardware(vendor: str, product: str) -> str:
    is_said = product.casefold().startswith(vendor.casefold())
    return product if is_said else f"{vendor} {product}".strip()


def _network(records: Sequence[StoredRecord]) -> JSON:
    macs = distinct(mac(each) or each for one in records for each in one.record.macs)
    vendors = distinct(_attribute(records, "mac_vendor").split("\t"))
    return {
        "addresses": distinct(
            address(each) or each for one in records for each in one.record.addresses
        ),
        "addresses_extra": [],
        "macs": macs,
        "mac_vendors": vendors,
        "names": distinct(each for one in records for each in one.record.names),
        "domains": distinct(each for one in records for each in one.record.domains),
        "newest_mac": macs[0] if len(macs) == 1 else "",
        "newest_mac_vendor": vendors[0] if len(macs) == 1 and vendors else "",
        "newest_mac_age": 0,
    }


def _ports(services: Sequence[WholeService]) -> JSON:
    records = [each.record for each in services]
    tcp, udp = _open(records, "tcp"), _open(records, "udp")
    protocols = distinct(each for record in records for each in record.protocols)
    products = distinct(record.product for record in records)
    return {
        "service_count": len(records),
        "service_count_tcp": sum(each.transport == "tcp" for each in records),
        "service_count_udp": sum(each.transport == "udp" for each in records),
        "service_count_arp": sum(each.transport == "arp" for each in records),
        "service_count_icmp": sum(each.transport == "icmp" for each in records),
        "service_ports_tcp": tcp,
        "service_ports_udp": udp,
        "service_protocols": sorted(protocols),
        "service_products": sorted(products),
        "service_ports_protocols": sorted(protocols),
        "service_ports_products": sorted(products),
    }


def _open(records: Iterable[ServiceRecord], transport: str) -> list[str]:
    ports = {each.port for each in records if each.transport == transport}
    return [str(each) for each in sorted(ports)]


def _origin(asset: WholeAsset, around: Surroundings) -> JSON:
    live = [each for each in asset.records if each.gone_at is None]
    custom = distinct(around.integrations.get(each.record.source, "") for each in live)
    return {
        "sources": sorted({_source(each) for each in live}, key=str.casefold),
        "source_ids": sorted({_number_of(each) for each in live}),
        "custom_integration_ids": custom,
        "last_agent_id": id_or_none(None),
        "agent_name": "",
        "last_task_id": id_or_none(_latest_task(live, around)),
    }


def _latest_task(records: Sequence[StoredRecord], around: Surroundings) -> str:
    told = sorted(records, key=lambda each: (each.last_seen, each.run_id), reverse=True)
    return next((task for each in told if (task := around.tasks.get(each.run_id))), "")


def _source(stored: StoredRecord) -> str:
    return source_display_name(stored.source_id) or stored.record.source


def _number_of(stored: StoredRecord) -> int:
    return stored.source_id if stored.source_id > 0 else _CUSTOM


def _people(asset: WholeAsset) -> JSON:
    own = asset.annotations
    return {
        "tags": {**tagged(each for one in asset.records for each in one.record.tags), **own.tags},
        "comments": own.comments,
        "criticality": own.criticality,
        "owners": [
            {"ownership_type_id": each.type_id, "name": each.type_name, "owner": each.owner}
            for each in own.owners
        ],
    }


_NOT_KEPT: JSON = {
    "risk": "",
    "risk_rank": 0,
    "credentials": {},
    "vulnerability_count": 0,
    "finding_count": 0,
    "software_count": 0,
    "eol_os": 0,
    "eol_os_ext": 0,
}
"""What existing clients read and Muster has no data for."""


def _place(record: ServiceRecord) -> str:
    """Return the key of a service in its asset: address, port, transport and virtual host."""
    return f"{record.address}/{record.port}/{record.transport}/"


def _attributes(records: Sequence[StoredRecord]) -> dict[str, str]:
    """Return what our own scans say, and what each source says of the identity."""
    found: dict[str, str] = {}
    for each in records:
        if not attribute_prefix(each.record.source, each.record.kind):
            found.update(each.record.attributes)
    matches = distinct(f"{each.match_rule}={each.match_key}" for each in records if each.match_key)
    if matches:
        found["_asset.match"] = "\t".join(matches)
    for each in records:
        for name in ("names", "addresses", "macs", "domains"):
            _add(
                found,
                f"_sources.{_number_of(each)}.{_SHORT[name]}",
                getattr(each.record, name),
            )
    return found


_SHORT = {"names": "names", "addresses": "addrs", "macs": "macs", "domains": "domains"}


def _add(found: dict[str, str], name: str, values: Sequence[str]) -> None:
    if values:
        known = found[name].split("\t") if name in found else []
        found[name] = "\t".join(distinct([*known, *values]))


def _foreign_attributes(records: Sequence[StoredRecord]) -> dict[str, list[dict[str, str]]]:
    """Return what each source says: a list by source and kind, as one may have several records."""
    found: dict[str, list[dict[str, str]]] = {}
    for each in records:
        prefix = attribute_prefix(each.record.source, each.record.kind)
        if prefix:
            found.setdefault(prefix.rstrip("."), []).append(_foreign(each))
    return found


def _foreign(stored: StoredRecord) -> dict[str, str]:
    said = {
        "id": stored.record.id,
        **stored.record.attributes,
        "match.criteria": stored.match_rule,
        "ts": str(stored.last_seen),
    }
    if stored.superseded_by is not None:
        said["match.superseded"] = "true"
    if stored.gone_at is not None:
        said["goneTS"] = str(stored.gone_at)
    return said


def _attribute(records: Sequence[StoredRecord], *names: str) -> str:
    """Return what our own scans say under the first of these names."""
    scans = [each.record.attributes for each in records if not each.record.kind]
    return next((said[name] for name in names for said in scans if said.get(name)), "")


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0  # noqa: PLR2004
