"""How things look: icons of machines and sources, and the names that people know sources by."""

from collections.abc import Mapping

_TYPES = (
    ("server", "server"),
    ("laptop", "device-laptop"),
    ("notebook", "device-laptop"),
    ("router", "router"),
    ("switch", "network"),
    ("firewall", "shield"),
    ("printer", "printer"),
    ("mobile", "devices"),
    ("phone", "devices"),
    ("tablet", "devices"),
    ("wap", "wifi"),
    ("access point", "wifi"),
    ("camera", "eye"),
    ("desktop", "device-desktop"),
)
_SYSTEMS = (
    ("windows server", "server"),
    ("windows", "brand-windows"),
    ("mac", "brand-apple"),
    ("ios", "brand-apple"),
    ("ipad", "brand-apple"),
    ("android", "brand-android"),
    ("ubuntu", "brand-ubuntu"),
    ("linux", "terminal-2"),
)
_SOURCES = {"azuread": "Entra ID", "runzero": "Scan", "ldap": "LDAP", "intune": "Intune"}
_SOURCE_ICONS = {"azuread": "brand-azure", "runzero": "radar", "ldap": "sitemap"}


def type_icon(row: Mapping[str, object]) -> str:
    """Return the icon of a machine, by its type or else by its system."""
    kind, system = str(row.get("type") or "").casefold(), str(row.get("os") or "").casefold()
    by_type = next((icon for word, icon in _TYPES if word in kind), "")
    by_system = next((icon for word, icon in _SYSTEMS if word in system), "")
    return by_type or by_system or "device-desktop"


def source_label(name: str) -> str:
    """Return what people call a source: `Entra ID` for azuread."""
    return _SOURCES.get(name, name)


def source_icon(name: str) -> str:
    """Return the icon of a source."""
    return _SOURCE_ICONS.get(name, "database")
