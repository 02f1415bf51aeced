"""Directory devices as a scan sees them: other spellings of their names, and addresses."""

import random
import unicodedata
from unicodedata import combining

from muster.simulator.directory.network.host import Host, Service, Wiring
from muster.simulator.directory.network.vendors import PREFIXES, vendor_of
from muster.simulator.directory.objects.hardware import Sort
from muster.simulator.directory.objects.machines import Machine

NETBIOS_LENGTH = 15
_FIRST_BUILD_OF_11 = 22000
_REACHABLE_SHARE = 0.35
OS_VENDORS = {
    "windows": "Microsoft",
    "macos": "Apple",
    "ios": "Apple",
    "android": "Google",
    "linux": "Canonical",
}

_TYPES: dict[Sort, str] = {
    "laptop": "Laptop",
    "desktop": "Desktop",
    "server": "Server",
    "mac": "Laptop",
    "iphone": "Mobile",
    "ipad": "Tablet",
    "android": "Mobile",
    "linux": "Laptop",
}
_RPC = Service(135, ("msrpc",), "Windows RPC", "Microsoft")
_SMB = Service(445, ("smb",), "Windows SMB", "Microsoft")
_RDP = Service(3389, ("rdp", "tls"), "Remote Desktop", "Microsoft", "10.0")
_SSH = Service(22, ("ssh",), "OpenSSH", "OpenBSD", "9.6")
_MDNS = Service(5353, ("mdns",), transport="udp")
_ROLES: dict[str, tuple[Service, ...]] = {
    "SQL": (Service(1433, ("mssql",), "SQL Server", "Microsoft", "15.0.4382"),),
    "DC": (
        Service(53, ("dns",), "DNS", "Microsoft"),
        Service(88, ("kerberos",)),
        Service(389, ("ldap",), "Active Directory", "Microsoft"),
        Service(636, ("ldap", "tls"), "Active Directory", "Microsoft"),
    ),
    "WEB": (
        Service(80, ("http",), "IIS", "Microsoft", "10.0"),
        Service(443, ("http", "tls"), "IIS", "Microsoft", "10.0"),
    ),
    "MAIL": (Service(25, ("smtp",), "Exchange", "Microsoft"), Service(443, ("http", "tls"))),
    "PRN": (Service(515, ("lpd",)),),
}


def seen(device_index: int, name: str, machine: Machine, wiring: Wiring, *, ad_domain: str) -> Host:
    """Return the host that a device's machine is on the network."""
    rng = wiring.rng
    family = family_of(machine)
    vendor = vendor_of(machine.model.manufacturer)
    names = _names(name, machine, rng, ad_domain=ad_domain)
    is_mobile = machine.sort in ("iphone", "ipad", "android")
    purpose = "server" if machine.sort == "server" else "client"
    os, version = _system(machine, family)
    return Host(
        names=names,
        addresses=(wiring.address(machine.office.network, purpose),),
        macs=(wiring.random_mac() if is_mobile else wiring.mac(PREFIXES[vendor]),),
        domains=(ad_domain,) if any(each.endswith(ad_domain) for each in names) else (),
        device_type=_TYPES[machine.sort],
        os=os,
        os_version=version,
        os_vendor=OS_VENDORS[family],
        family=family,
        vendor=vendor,
        hardware=machine.model.name or "",
        services=_services(machine, name, family, rng),
        device_index=device_index,
    )


def family_of(machine: Machine) -> str:
    """Return the family of the operating system that runs on the machine."""
    return {
        "mac": "macos",
        "iphone": "ios",
        "ipad": "ios",
        "android": "android",
        "linux": "linux",
    }.get(machine.sort, "windows")


def _names(name: str, machine: Machine, rng: random.Random, *, ad_domain: str) -> tuple[str, ...]:
    netbios = name.upper()[:NETBIOS_LENGTH]
    qualified = f"{name.lower()}.{ad_domain}"
    if machine.sort in ("iphone", "ipad"):
        return (f"{_as_label(name)}.local",)
    if machine.sort == "android":
        return (_as_label(name).lower(),)
    if machine.sort in ("mac", "linux"):
        return (f"{_as_label(name)}.local",)
    if machine.join in ("hybrid", "pending"):
        return rng.choice(((qualified,), (netbios, qualified), (netbios,)))
    return rng.choice(((netbios,), (netbios,), (f"{name.lower()}.local",)))


def _as_label(name: str) -> str:
    """Return a free name as the machine itself turns it into a host name."""
    letters = (each for each in unicodedata.normalize("NFKD", name) if not combining(each))
    label = "".join(each if each.isascii() and each.isalnum() else "-" for each in letters)
    return "-".join(part for part in label.split("-") if part)


def _system(machine: Machine, family: str) -> tuple[str, str]:
    system = machine.system
    if machine.sort == "server":
        build = system.version.split(".")[2]
        return system.on_premises_name.rsplit(" ", 1)[0], f"10.0.{build}"
    if family == "windows":
        build = system.version.split(".")[2]
        return (
            f"Windows {11 if int(build) >= _FIRST_BUILD_OF_11 else 10} ({build})",
            f"10.0.{build}",
        )
    shown = {"macos": "macOS", "ios": "Apple iOS", "android": "Android", "linux": "Ubuntu Linux"}
    return shown[family], system.version


def _services(machine: Machine, name: str, family: str, rng: random.Random) -> tuple[Service, ...]:
    if machine.sort == "server":
        role = next((own for key, own in _ROLES.items() if f"-{key}" in name), ())
        return (_RPC, *role, _SMB, _RDP)
    if family == "windows":
        return (_RPC, _SMB, _RDP) if rng.random() < _REACHABLE_SHARE else (_RPC, _SMB)
    if family == "macos":
        return (_SSH, _MDNS) if rng.random() < _REACHABLE_SHARE else (_MDNS,)
    if family == "linux":
        return (_SSH,)
    return (Service(62078, ("iphone-sync",)), _MDNS) if family == "ios" else ()
