"""Sorts of machines: what runs on them, who builds them, and how often each occurs."""

from dataclasses import dataclass
from typing import Literal

from muster.simulator.directory.draws import Draws, Weighted

Sort = Literal["laptop", "desktop", "server", "mac", "iphone", "ipad", "android", "linux"]


@dataclass(frozen=True, slots=True)
class Model:
    """A product, as a directory spells it."""

    manufacturer: str | None
    name: str | None


@dataclass(frozen=True, slots=True)
class System:
    """An operating system: as a registered device says it, and as Active Directory says it."""

    name: str
    version: str
    on_premises_name: str
    on_premises_version: str


SORTS: Weighted[Sort] = Weighted(
    (47, "laptop"), (13, "desktop"), (9, "mac"), (14, "iphone"), (4, "ipad"), (11, "android"),
    (2, "linux"),
)  # fmt: skip

_LAPTOPS = Weighted(
    (20, Model("Dell Inc.", "Latitude 5540")),
    (8, Model("Dell Inc.", "Precision 3560")),
    (10, Model("LENOVO", "21CB000BGE")),
    (8, Model("LENOVO", "20W0003HGE")),
    (12, Model("HP", "HP EliteBook 840 14 inch G9 Notebook PC")),
    (6, Model("HP", "HP ProBook 450 G8 Notebook PC")),
    (6, Model("Microsoft Corporation", "Surface Laptop 5")),
    (3, Model("Microsoft Corporation", "Surface Pro 9")),
    (2, Model("Panasonic Corporation", "FZ55-2")),
)
_DESKTOPS = Weighted(
    (20, Model("Dell Inc.", "OptiPlex 7090")),
    (10, Model("HP", "HP EliteDesk 800 G6 Desktop Mini PC")),
    (10, Model("LENOVO", "11DT003FGE")),
    (5, Model("FUJITSU", "ESPRIMO Q558")),
    (2, Model("Intel(R) Client Systems", "NUC11TNHi5")),
)
_SERVERS = Weighted(
    (10, Model("VMware, Inc.", "VMware20,1")),
    (4, Model("Dell Inc.", "PowerEdge R650")),
    (3, Model("HPE", "ProLiant DL380 Gen10")),
    (3, Model("Microsoft Corporation", "Virtual Machine")),
)
_MACS = Weighted(
    (8, Model("Apple", "MacBook Pro")),
    (8, Model("Apple", "MacBook Air")),
    (2, Model("Apple", "Mac mini")),
    (2, Model("Apple", "Mac14,2")),
)
_PHONES = Weighted(
    (6, Model("Apple", "iPhone 14")),
    (4, Model("Apple", "iPhone 15 Pro")),
    (4, Model("Apple", "iPhone 12")),
    (3, Model("Apple", "iPhone SE")),
)
_TABLETS = Weighted(
    (3, Model("Apple", "iPad (9th generation)")), (2, Model("Apple", "iPad Air (5th generation)"))
)
_ANDROIDS = Weighted(
    (6, Model("samsung", "SM-A546B")),
    (4, Model("samsung", "SM-S911B")),
    (3, Model("Google", "Pixel 7")),
    (4, Model("Zebra Technologies", "TC52")),
    (2, Model("Xiaomi", "2201117TY")),
)
_LINUXES = Weighted(
    (3, Model(None, None)),
    (2, Model("LENOVO", "20XW0055GE")),
    (2, Model("Dell Inc.", "XPS 13 9310")),
)
MODELS: dict[Sort, Weighted[Model]] = {
    "laptop": _LAPTOPS,
    "desktop": _DESKTOPS,
    "server": _SERVERS,
    "mac": _MACS,
    "iphone": _PHONES,
    "ipad": _TABLETS,
    "android": _ANDROIDS,
    "linux": _LINUXES,
}


def _windows(release: int, build: int, revision: int) -> System:
    version = f"10.0.{build}.{revision}"
    return System("Windows", version, f"Windows {release} Enterprise", f"10.0 ({build})")


def _server(year: int, edition: str, build: int, revision: int) -> System:
    name = f"Windows Server {year} {edition}"
    return System("Windows", f"10.0.{build}.{revision}", name, f"10.0 ({build})")


def _other(name: str, version: str) -> System:
    return System(name, version, name, version)


_CLIENT_SYSTEMS = Weighted(
    (8, _windows(10, 19045, 4291)),
    (10, _windows(10, 19045, 5011)),
    (2, _windows(10, 19044, 1706)),
    (14, _windows(11, 22631, 3593)),
    (16, _windows(11, 22631, 4317)),
    (5, _windows(11, 22621, 2861)),
    (16, _windows(11, 26100, 2314)),
    (10, _windows(11, 26100, 4061)),
)
_APPLE_VERSIONS = ("14.5", "14.7.1", "15.1", "15.3.2", "13.6.7")
_IOS_VERSIONS = ("16.7.10", "17.6.1", "18.1", "18.3.2")
SYSTEMS: dict[Sort, Weighted[System]] = {
    "laptop": _CLIENT_SYSTEMS,
    "desktop": _CLIENT_SYSTEMS,
    "server": Weighted(
        (6, _server(2022, "Standard", 20348, 2762)),
        (5, _server(2019, "Standard", 17763, 6414)),
        (2, _server(2019, "Datacenter", 17763, 5936)),
        (2, _server(2016, "Standard", 14393, 7428)),
        (1, _server(2025, "Standard", 26100, 1742)),
    ),
    "mac": Weighted(*((3, _other("MacMDM", each)) for each in _APPLE_VERSIONS),
                    *((1, _other("macOS", each)) for each in _APPLE_VERSIONS)),
    "iphone": Weighted(*((2, _other("iOS", each)) for each in _IOS_VERSIONS),
                       *((1, _other("IPhone", each)) for each in _IOS_VERSIONS)),
    "ipad": Weighted(*((1, _other("IPad", each)) for each in _IOS_VERSIONS)),
    "android": Weighted(*((3, _other("Android", str(each))) for each in (11, 12, 13, 14, 15)),
                        *((1, _other("AndroidForWork", str(each))) for each in (12, 13, 14)),
                        *((1, _other("AndroidEnterprise", str(each))) for each in (13, 14, 15))),
    "linux": Weighted((3, _other("Linux", "22.04")), (2, _other("Linux", "24.04")),
                      (1, _other("Linux", "9.4"))),
}  # fmt: skip


def model_of(sort: Sort, draws: Draws) -> Model:
    """Return a model of the sort."""
    return MODELS[sort].draw(draws)


def system_of(sort: Sort, draws: Draws) -> System:
    """Return an operating system that runs on the sort."""
    return SYSTEMS[sort].draw(draws)
