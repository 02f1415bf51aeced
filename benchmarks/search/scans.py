"""Our own scans' records of the data set: hosts with addresses, and their open ports."""

from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random

from machines import DAY, DOMAIN, NETWORKS, NOW, Machine, SeenBy, code, identifier, machine

from muster.core.records import AnyRecord, AssetRecord, Collection, CollectionReport, ServiceRecord

SOURCE = "runzero"
SOURCE_ID = 1

_STREAM = 3 << 40
_VENDORS_OF_MACS = {
    "Dell Inc.": ("f8:bc:12", "Dell"),
    "LENOVO": ("54:ee:75", "LCFC(HeFei) Electronics Technology"),
    "HP": ("3c:52:82", "Hewlett Packard"),
    "HPE": ("94:40:c9", "Hewlett Packard Enterprise"),
    "Apple": ("a4:83:e7", "Apple"),
    "VMware, Inc.": ("00:50:56", "VMware"),
    "Cisco": ("00:1b:54", "Cisco Systems"),
    "Axis": ("ac:cc:8e", "Axis Communications"),
    "Microsoft Corporation": ("28:16:a8", "Microsoft"),
}
_TAGS = (("location=HQ",), ("legacy",), ("critical", "location=HQ"), ("lab",), ("pci",))
_WINDOWS_PORTS = (
    ("tcp", 445, ("smb",), "Windows SMB"),
    ("tcp", 3389, ("rdp", "tls"), "Remote Desktop"),
    ("tcp", 135, ("msrpc",), "Windows RPC"),
    ("tcp", 5985, ("http",), "Microsoft HTTPAPI"),
)
_LINUX_PORTS = (
    ("tcp", 22, ("ssh",), "OpenSSH"),
    ("tcp", 443, ("http", "tls"), "nginx"),
    ("tcp", 80, ("http",), "nginx"),
    ("tcp", 5432, ("postgresql",), "PostgreSQL"),
)
_APPLIANCE_PORTS = (
    ("udp", 161, ("snmp",), "Net-SNMP"),
    ("tcp", 80, ("http",), "lighttpd"),
    ("tcp", 9100, ("jetdirect",), "JetDirect"),
    ("tcp", 23, ("telnet",), ""),
)


def records(assets: int) -> Iterator[AnyRecord]:
    """Yield what scans find of that many assets: each host, and then its services."""
    draw, own = Random(), Random()
    for number in range(assets):
        found = machine(draw, number)
        if found.seen_by is SeenBy.DIRECTORY:
            continue
        own.seed(_STREAM + number)
        address = f"10.{own.randrange(NETWORKS)}.{own.randrange(256)}.{own.randrange(1, 255)}"
        yield _host(found, address, own)
        yield from _services(found, address, own)
    yield CollectionReport(source=SOURCE, collection=Collection.ASSETS, complete=True)
    yield CollectionReport(source=SOURCE, collection=Collection.SERVICES, complete=True)


def _host(each: Machine, address: str, draw: Random) -> AssetRecord:
    name = each.name.casefold()
    prefix, mac_vendor = _VENDORS_OF_MACS[each.vendor]
    seen = NOW - draw.randrange((120 if draw.randrange(100) < 15 else 10) * DAY)
    addresses = [address]
    if draw.randrange(100) < 8:
        addresses.append(f"10.{draw.randrange(NETWORKS)}.255.{draw.randrange(1, 255)}")
    if draw.randrange(100) < 5:
        addresses.append(f"fd00:{draw.randrange(NETWORKS):x}::{each.number:x}")
    return AssetRecord(
        source=SOURCE,
        id=identifier("host", each.number),
        names=(name, f"{name}.{DOMAIN}"),
        addresses=tuple(addresses),
        macs=(_mac(prefix, each.number),),
        domains=(DOMAIN,),
        tags=draw.choice(_TAGS) if draw.randrange(100) < 20 else (),
        device_type=each.platform.device_type,
        os=each.platform.os,
        os_version=each.version,
        hardware_vendor=mac_vendor,
        hardware=each.model,
        is_scanned=True,
        is_alive=draw.randrange(100) < 90,
        first_seen_at=datetime.fromtimestamp(seen - draw.randrange(700 * DAY), UTC),
        seen_at=datetime.fromtimestamp(seen, UTC),
        attributes=_attributes(each, mac_vendor, name, draw),
    )


def _mac(prefix: str, number: int) -> str:
    return f"{prefix}:{number >> 16 & 255:02x}:{number >> 8 & 255:02x}:{number & 255:02x}"


def _attributes(each: Machine, mac_vendor: str, name: str, draw: Random) -> dict[str, str]:
    attributes = {
        "detected_by": draw.choice(("icmp", "arp", "arp", "syn")),
        "dns.ptr": f"{name}.{DOMAIN}",
        "fp.certainty": f"{draw.randrange(40, 100) / 100:.2f}",
        "fp.hw.product": each.model,
        "fp.os.product": each.platform.os,
        "fp.os.version": each.version,
        "icmp.rtt.us": str(draw.randrange(120, 90_000)),
        "ip.ttl.hops": str(draw.randrange(1, 14)),
        "ip.ttl.host": "128" if each.is_windows else "64",
        "mac_vendor": mac_vendor,
        "scan.explorer": f"explorer-{each.city}",
        "scan.rate": draw.choice(("1000", "1000", "3000")),
    }
    if each.is_windows:
        attributes["netbios.domain"] = "CORP"
        attributes["smb.dialects"] = "2.1\t3.0\t3.1.1"
        attributes["smb.guid"] = identifier("smb", each.number)
    elif each.platform.directory_os:
        attributes["ssh.hostkey.sha256"] = identifier("ssh", each.number).replace("-", "")
    else:
        attributes["snmp.sysDescr"] = f"{each.vendor} {each.model}, {each.version}"
        attributes["snmp.sysName"] = each.name
    if each.is_server:
        attributes["tls.names"] = f"{name}.{DOMAIN}\t{code(each.number)}.{DOMAIN}"
        attributes["tls.notAfterTS"] = str(NOW + draw.randrange(-30 * DAY, 700 * DAY))
    if each.vendor == "VMware, Inc.":
        attributes["virtual"] = "vmware"
    return attributes


def _services(each: Machine, address: str, draw: Random) -> Iterator[ServiceRecord]:
    if draw.randrange(100) >= 60:
        return
    ports = _LINUX_PORTS if each.platform.directory_os else _APPLIANCE_PORTS
    if each.is_windows:
        ports = _WINDOWS_PORTS
    for transport, port, protocols, product in draw.sample(ports, draw.randrange(1, 5)):
        yield ServiceRecord(
            source=SOURCE,
            asset_id=identifier("host", each.number),
            address=address,
            transport=transport,
            port=port,
            protocols=protocols,
            product=product,
            attributes={"service.rtt.us": str(draw.randrange(200, 40_000))},
        )
