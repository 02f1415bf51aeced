"""Machines of the data set: what directory and scan agree on when both see the same one.

Everything follows from a machine's number, so that two feeds tell of the same machine without
either being kept in memory.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from hashlib import blake2b
from random import Random
from typing import TypeVar

_T = TypeVar("_T")

NOW = int(datetime(2026, 11, 1, tzinfo=UTC).timestamp())
DAY = 86_400
DOMAIN = "corp.example"
NETWORKS = 24
"""Hosts lie in 10.0.0.0/16 to 10.23.0.0/16."""

CITIES = ("lon", "ber", "par", "nyc", "sfo", "tok", "syd", "sao", "del", "waw", "mad", "rom")

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_CODES = 36**7
_STRIDE = 48_271_000_003  # shares no factor with 36, so that every number has a code of its own
_ROLES = ("web", "sql", "app", "dns", "mon", "bak", "hyp", "fil")


class SeenBy(Enum):
    """Which feeds know a machine."""

    DIRECTORY = 1
    SCAN = 2
    BOTH = 3


@dataclass(frozen=True, slots=True)
class Platform:
    """What machines of one kind run and are made of; versions and models repeat by their share."""

    prefix: str
    device_type: str
    os: str
    directory_os: str
    versions: tuple[str, ...]
    models: tuple[tuple[str, str], ...]


def _shares(shares: Mapping[_T, int]) -> tuple[_T, ...]:
    return tuple(each for each, share in shares.items() for _ in range(share))


_LAPTOPS = _shares(
    {
        ("Dell Inc.", "Latitude 5440"): 9,
        ("Dell Inc.", "Latitude 7430"): 7,
        ("Dell Inc.", "XPS 13 9315"): 3,
        ("LENOVO", "ThinkPad T14 Gen 3"): 9,
        ("LENOVO", "ThinkPad X1 Carbon Gen 10"): 5,
        ("HP", "HP EliteBook 840 G9"): 8,
        ("HP", "HP ProBook 450 G9"): 4,
        ("Microsoft Corporation", "Surface Laptop 5"): 3,
    }
)
_DESKTOPS = _shares(
    {
        ("Dell Inc.", "OptiPlex 7010"): 6,
        ("HP", "HP EliteDesk 800 G6"): 4,
        ("LENOVO", "ThinkCentre M70q"): 3,
    }
)
_SERVERS = _shares(
    {
        ("VMware, Inc.", "VMware7,1"): 7,
        ("Dell Inc.", "PowerEdge R750"): 3,
        ("HPE", "ProLiant DL380 Gen10"): 2,
    }
)
_WINDOWS_11 = _shares(
    {"10.0.22631.4317": 6, "10.0.22631.3880": 3, "10.0.26100.2033": 4, "10.0.22621.2134": 1}
)
_WINDOWS_10 = _shares({"10.0.19045.5011": 6, "10.0.19045.4651": 3, "10.0.19044.1889": 1})
_LAPTOP_11 = Platform("LAPTOP-", "Laptop", "Windows 11", "Windows", _WINDOWS_11, _LAPTOPS)
_LAPTOP_10 = Platform("LAPTOP-", "Laptop", "Windows 10", "Windows", _WINDOWS_10, _LAPTOPS)
_DESKTOP_11 = Platform("DESKTOP-", "Desktop", "Windows 11", "Windows", _WINDOWS_11, _DESKTOPS)
_DESKTOP_10 = Platform("DESKTOP-", "Desktop", "Windows 10", "Windows", _WINDOWS_10, _DESKTOPS)
_MAC = Platform(
    "MBP-",
    "Laptop",
    "macOS",
    "MacMDM",
    _shares({"14.6.1": 4, "15.0.1": 3, "13.7": 1}),
    (("Apple", "MacBookPro18,3"), ("Apple", "Mac14,2")),
)
_WINDOWS_SERVER = Platform(
    "",
    "Server",
    "Windows Server 2022",
    "Windows",
    _shares({"10.0.20348.2700": 4, "10.0.17763.6293": 2, "10.0.14393.7336": 1}),
    _SERVERS,
)
_LINUX_SERVER = Platform(
    "",
    "Server",
    "Ubuntu Linux",
    "Linux",
    _shares({"22.04": 5, "24.04": 3, "20.04": 2, "18.04": 1}),
    _SERVERS,
)
_IPHONE = Platform(
    "iphone-",
    "Mobile",
    "iOS",
    "iOS",
    _shares({"18.0.1": 4, "17.6.1": 4, "16.7.10": 1}),
    (("Apple", "iPhone 14"), ("Apple", "iPhone 13"), ("Apple", "iPad (10th generation)")),
)
_ANDROID = Platform(
    "android-",
    "Mobile",
    "Android",
    "AndroidEnterprise",
    _shares({"14": 5, "13": 3, "12": 2}),
    (("samsung", "SM-A546B"), ("samsung", "SM-S911B"), ("Google", "Pixel 8")),
)
_PRINTER = Platform(
    "prn-",
    "Printer",
    "HP FutureSmart",
    "",
    ("5.6.0.2", "5.5.0.4", "4.11.2.1"),
    (("HP", "LaserJet M507"), ("HP", "Color LaserJet M555")),
)
_SWITCH = Platform(
    "sw-",
    "Switch",
    "Cisco IOS",
    "",
    ("15.2(7)E3", "17.9.4", "17.6.5"),
    (("Cisco", "Catalyst 9200L"), ("Cisco", "Catalyst 2960X")),
)
_CAMERA = Platform(
    "cam-",
    "IP Camera",
    "AXIS OS",
    "",
    ("10.12.220", "11.8.61"),
    (("Axis", "AXIS P3245-V"),),
)

_COMPUTERS = _shares(
    {
        _LAPTOP_11: 26,
        _LAPTOP_10: 18,
        _DESKTOP_11: 9,
        _DESKTOP_10: 8,
        _MAC: 9,
        _WINDOWS_SERVER: 14,
        _LINUX_SERVER: 16,
    }
)
_PHONES = (_IPHONE, _IPHONE, _ANDROID)
_APPLIANCES = (_PRINTER, _PRINTER, _SWITCH, _CAMERA, _CAMERA)


@dataclass(frozen=True, slots=True)
class Machine:
    """One machine, as any feed that knows it sees it."""

    number: int
    seen_by: SeenBy
    platform: Platform
    name: str
    version: str
    vendor: str
    model: str
    city: str

    @property
    def is_phone(self) -> bool:
        """True for phones and tablets, which no scan sees."""
        return self.platform.device_type == "Mobile"

    @property
    def is_server(self) -> bool:
        """True for servers."""
        return self.platform.device_type == "Server"

    @property
    def is_windows(self) -> bool:
        """True for whatever runs Windows."""
        return self.platform.directory_os == "Windows"


def machine(draw: Random, number: int) -> Machine:
    """Return the machine of a number; `draw` is seeded anew.

    Of a hundred, 30 are known to both feeds, 35 to the directory only (15 of them phones) and
    35 to scans only (15 of them printers, switches and cameras).
    """
    draw.seed(number)
    share = draw.randrange(100)
    if share < 15:
        platform, seen_by = draw.choice(_PHONES), SeenBy.DIRECTORY
    elif share < 30:
        platform, seen_by = draw.choice(_APPLIANCES), SeenBy.SCAN
    else:
        platform = draw.choice(_COMPUTERS)
        seen_by = _seen_by(share)
    vendor, model = draw.choice(platform.models)
    city = draw.choice(CITIES)
    return Machine(
        number=number,
        seen_by=seen_by,
        platform=platform,
        name=_name(platform, city, number, draw),
        version=draw.choice(platform.versions),
        vendor=vendor,
        model=model,
        city=city,
    )


def identifier(kind: str, number: int) -> str:
    """Return a UUID in text that follows from a kind and a number."""
    digest = blake2b(f"{kind}:{number}".encode(), digest_size=16).hexdigest()
    return f"{digest[:8]}-{digest[8:12]}-{digest[12:16]}-{digest[16:20]}-{digest[20:]}"


def code(number: int) -> str:
    """Return seven letters and digits that no other number has."""
    rest, letters = number * _STRIDE % _CODES, []
    for _ in range(7):
        rest, digit = divmod(rest, 36)
        letters.append(_DIGITS[digit])
    return "".join(letters)


def _seen_by(share: int) -> SeenBy:
    if share < 60:
        return SeenBy.BOTH
    return SeenBy.DIRECTORY if share < 80 else SeenBy.SCAN


def _name(platform: Platform, city: str, number: int, draw: Random) -> str:
    if platform.prefix:
        written = code(number)
        return platform.prefix + (written.upper() if platform.prefix.isupper() else written)
    return f"{city}{draw.choice(_ROLES)}{number:07}"
