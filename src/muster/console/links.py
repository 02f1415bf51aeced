"""Where things of the inventory have their pages."""

from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse

_PAGES = {
    "assets": ("asset", "asset"),
    "users": ("user", "user"),
    "groups": ("group", "group"),
    "services": ("service", "service"),
}


def path_of(inventory: str, uid: str) -> str:
    """Return the path of one thing's page; "" without an id, or where there is no such page."""
    name, word = _PAGES.get(inventory, ("", ""))
    try:
        return reverse(name, kwargs={word: uid}) if uid and name else ""
    except NoReverseMatch:
        return ""


def search_path(query: str, *, inventory: str = "") -> str:
    """Return the path of the inventory, asked a query."""
    base = f"/inventory/{inventory}" if inventory else "/inventory"
    return f"{base}?{urlencode({'search': query})}" if query else base
