"""The side navigation: what is there, and which of it is open. A page adds its line here."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from muster.console.needs import Need
from muster.console.requests import Asker


@dataclass(frozen=True, slots=True)
class Place:
    """One line: the name of a URL, what to call it, its icon, and what it needs."""

    name: str
    label: str
    icon: str
    need: Need = Need.READ
    is_exact: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """One line as it is shown."""

    place: Place
    path: str
    is_current: bool


_SECTIONS: tuple[tuple[str, tuple[Place, ...]], ...] = (
    ("", (Place("dashboard", "Dashboard", "layout-dashboard", is_exact=True),)),
    (
        "Inventory",
        (
            Place("inventory", "Assets", "devices", is_exact=True),
            Place("services", "Services", "plug"),
            Place("users", "Users", "users"),
            Place("groups", "Groups", "users-group"),
        ),
    ),
    (
        "Collect",
        (
            Place("integrations", "Integrations", "plug-connected"),
            Place("credentials", "Credentials", "key"),
            Place("tasks", "Tasks", "list-check"),
            Place("explorers", "Explorers", "radar"),
            Place("sites", "Sites", "map-pin"),
        ),
    ),
    (
        "Organization",
        (
            Place("organizations", "Organizations", "building"),
            Place("team", "Team", "user-circle", Need.SEE_ACCOUNTS),
            Place("tokens", "API tokens", "terminal-2", Need.SEE_ACCOUNTS),
            Place("rules", "Rules", "bell"),
            Place("events", "Events", "history"),
            Place("settings", "Settings", "settings", Need.CHANGE_ORGANIZATION),
        ),
    ),
)


def sections(request: HttpRequest, asker: Asker) -> list[tuple[str, list[Link]]]:
    """Return the sections with the lines that this account may open and that exist."""
    found = [(label, list(_links(request, asker, places))) for label, places in _SECTIONS]
    return [(label, links) for label, links in found if links]


def _links(request: HttpRequest, asker: Asker, places: tuple[Place, ...]) -> Iterator[Link]:
    for place in places:
        path = _path(place.name)
        if path and asker.may(place.need):
            yield Link(place, path, is_current=_is_at(request.path, path, place))


def _path(name: str) -> str:
    """Return where a page is; "" for one that this version does not have."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _is_at(here: str, path: str, place: Place) -> bool:
    return here == path if place.is_exact else f"{here}/".startswith(f"{path}/")
