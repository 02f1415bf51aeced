"""What the list pages know of each inventory: its words, its facets, what there is to do first."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import Http404
from django.urls import reverse


@dataclass(frozen=True, slots=True)
class By:
    """One thing to narrow a list down by: a keyword or an attribute, and what it is called."""

    keyword: str
    label: str


@dataclass(frozen=True, slots=True)
class Kind:
    """One inventory. `page` is the name of its page's URL, `one` and `many` its words."""

    inventory: str
    page: str
    one: str
    many: str
    icon: str
    facets: tuple[By, ...]
    empty: str
    placeholder: str

    @property
    def path(self) -> str:
        """Where its list is."""
        return reverse(self.page)

    @property
    def label(self) -> str:
        """What the list is called."""
        return self.many.capitalize()

    def counted(self, number: int) -> str:
        """Say how many they are: `1 asset`, `2,000 assets`."""
        return f"{number:,} {self.one if number == 1 else self.many}"


_SOURCE = By("source", "Source")
KINDS: Mapping[str, Kind] = {
    "assets": Kind(
        "assets",
        "inventory",
        "asset",
        "assets",
        "devices",
        (
            _SOURCE,
            By("os", "Operating system"),
            By("type", "Type"),
            By("site", "Site"),
            By("@azuread.dev.trustType", "Trust type"),
        ),
        "Machines appear here once a directory is synced or a network is scanned.",
        "Search assets, such as source:azuread AND NOT source:runzero",
    ),
    "services": Kind(
        "services",
        "services",
        "service",
        "services",
        "plug",
        (
            By("port", "Port"),
            By("protocol", "Protocol"),
            By("product", "Product"),
            By("transport", "Transport"),
        ),
        "Open ports appear here once a network is scanned.",
        "Search services, such as protocol:telnet",
    ),
    "users": Kind(
        "users",
        "users",
        "user",
        "users",
        "users",
        (_SOURCE, By("department", "Department"), By("title", "Title")),
        "People of a directory appear here once it is synced.",
        "Search users, such as department:finance",
    ),
    "groups": Kind(
        "groups",
        "groups",
        "group",
        "groups",
        "users-group",
        (
            _SOURCE,
            By("@azuread.group.securityEnabled", "Security group"),
            By("@azuread.group.mailEnabled", "Mail enabled"),
        ),
        "Groups of a directory appear here once it is synced.",
        "Search groups, such as user.department:finance",
    ),
}


def kind_of(inventory: str) -> Kind:
    """Return the inventory of that name; 404 where it has no list."""
    if inventory not in KINDS:
        raise Http404("there is no such inventory")
    return KINDS[inventory]
