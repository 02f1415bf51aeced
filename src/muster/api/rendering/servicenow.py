"""Assets in the form that ServiceNow imports (reference console-api.md, AssetServiceNow)."""

from typing import Any

from muster.inventory.selectors.instants import instant

JSON = dict[str, Any]

_CLASSES = {
    "server": "cmdb_ci_server",
    "desktop": "cmdb_ci_computer",
    "laptop": "cmdb_ci_computer",
    "router": "cmdb_ci_ip_router",
    "switch": "cmdb_ci_ip_switch",
    "firewall": "cmdb_ci_ip_firewall",
    "printer": "cmdb_ci_printer",
    "wap": "cmdb_ci_wap_network",
    "nas": "cmdb_ci_storage_server",
    "mobile": "cmdb_ci_handheld_computing",
}
_VENDORS = (
    ("windows", "Microsoft"),
    ("macos", "Apple"),
    ("ios", "Apple"),
    ("android", "Google"),
    ("ubuntu", "Canonical"),
    ("red hat", "Red Hat"),
)


def servicenow_document(asset: JSON) -> JSON:
    """Return the same asset in that form."""
    return {
        "asset_id": asset["id"],
        "organization": asset["org_name"],
        "site": asset["site_name"],
        "detected_by": asset["detected_by"],
        "type": asset["type"],
        "sys_class_name": class_name(asset["type"]),
        "os_vendor": os_vendor(asset["os"]),
        "os_product": asset["os"],
        "os_version": asset["os_version"],
        "hw_vendor": asset["hw_vendor"],
        "hw_product": asset["hw_product"],
        "hw_version": "",
        "ip_address": next(iter(asset["addresses"]), ""),
        "addresses_scope": " ".join(asset["addresses"]),
        "addresses_extra": " ".join(asset["addresses_extra"]),
        "mac_address": next(iter(asset["macs"]), ""),
        "mac_manufacturer": next(iter(asset["mac_vendors"]), ""),
        "newest_mac_age": "",
        "macs": " ".join(asset["macs"]),
        "mac_vendors": ";".join(asset["mac_vendors"]),
        "name": next(iter(asset["names"]), ""),
        "tags": " ".join(
            f"{name}={text}" if text else name for name, text in asset["tags"].items()
        ),
        "domains": " ".join(asset["domains"]),
        **{name: asset[name] for name in _SAME},
        "first_discovered": _instant(asset["first_seen"]),
        "last_discovered": _instant(asset["last_seen"]),
        "last_updated": _instant(asset["updated_at"]),
        "comments": asset["comments"],
    }


_SAME = (
    "service_count",
    "service_count_tcp",
    "service_count_udp",
    "service_count_arp",
    "service_count_icmp",
    "lowest_ttl",
    "lowest_rtt",
    "alive",
)


def class_name(device_type: str) -> str:
    """Return the class of ServiceNow's CMDB for a kind of device."""
    folded = device_type.casefold()
    return next((name for word, name in _CLASSES.items() if word in folded), "cmdb_ci")


def os_vendor(system: str) -> str:
    """Return who makes an operating system; "" where its name does not say."""
    folded = system.casefold()
    return next((vendor for word, vendor in _VENDORS if word in folded), "")


def _instant(seconds: int) -> str:
    found = instant(seconds) if seconds else None
    return found.strftime("%Y-%m-%d %H:%M:%S") if found else ""
