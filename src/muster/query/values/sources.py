"""Sources by number, short name and display name (console.md section 1.4)."""

import difflib

from muster.query.ast import Value
from muster.query.values.patterns import Pattern

# number: (short name, display name, other names)
_SOURCES: dict[int, tuple[str, ...]] = {
    1: ("runzero", "runZero", "muster", "scan"),
    2: ("miradore", "Miradore"),
    3: ("aws", "AWS", "Amazon Web Services"),
    4: ("crowdstrike", "CrowdStrike"),
    5: ("azure", "Azure"),
    6: ("censys", "Censys"),
    7: ("vmware", "VMware"),
    8: ("gcp", "GCP", "Google Cloud Platform"),
    9: ("sentinelone", "SentinelOne"),
    10: ("tenable", "Tenable"),
    11: ("nessus", "Nessus"),
    12: ("rapid7", "Rapid7"),
    13: ("insightvm", "InsightVM"),
    14: ("qualys", "Qualys"),
    15: ("shodan", "Shodan"),
    16: (
        "azuread",
        "AzureAD",
        "Azure AD",
        "Azure Active Directory",
        "Entra",
        "Entra ID",
        "Microsoft Entra ID",
    ),
    17: ("ldap", "LDAP", "Active Directory"),
    18: ("ms365defender", "MS365Defender", "Microsoft 365 Defender", "Defender"),
    19: ("intune", "Intune", "Microsoft Intune"),
    20: ("googleworkspace", "GoogleWorkspace", "Google Workspace"),
    21: ("sample", "Sample"),
    22: ("tenablesecuritycenter", "TenableSecurityCenter", "Tenable Security Center"),
    23: ("packet", "Packet"),
    24: ("wiz", "Wiz"),
    25: ("meraki", "Meraki"),
    26: ("mecm", "MECM"),
    27: ("tanium", "Tanium"),
    28: ("simulator", "Simulator"),
    29: ("netbox", "NetBox"),
    30: ("cip", "CIP"),
    31: ("pan", "PAN", "Palo Alto Networks"),
    32: ("prisma", "Prisma"),
    33: ("awsrole", "AWSRole"),
    34: ("dragos", "Dragos"),
}
_SURELY_ALIKE = 0.85
_CUSTOM = {0: ("custom", "Custom")}
_ALL = _SOURCES | _CUSTOM


def source_number(name: str) -> int | None:
    """Return the number of the source with that short name; None if there is none."""
    folded = name.casefold()
    return next((each for each, names in _ALL.items() if names[0] == folded), None)


def source_short_name(number: int) -> str:
    """Return the short name of a source, `source-N` for one that has none."""
    names = _ALL.get(number)
    return names[0] if names else f"source-{number}"


def source_display_name(number: int) -> str | None:
    """Return a source's name as people write it; None for a number that none has."""
    names = _SOURCES.get(number)
    return names[1] if names else None


def nearest_source(typed: str) -> str | None:
    """Return the short name of the source most like what was typed; None if none is."""
    names = {_squeezed(name): each[0] for each in _ALL.values() for name in each}
    found = difflib.get_close_matches(_squeezed(typed), names, n=1)
    return names[found[0]] if found else None


def nearest_short_name(typed: str) -> str | None:
    """Return the short name that was surely meant; None if it may well be another source."""
    names = [each[0] for each in _ALL.values()]
    found = difflib.get_close_matches(typed.casefold(), names, n=1, cutoff=_SURELY_ALIKE)
    return found[0] if found else None


def every_source() -> frozenset[int]:
    """Return the numbers of all sources."""
    return frozenset(_ALL)


def source_numbers(value: Value) -> frozenset[int]:
    """Return the sources meant: by number, by any of their names, or by a part of one.

    Spaces, hyphens and case do not matter. A whole name wins over a part of another, so that
    `azure` is not also `azuread`. Empty if no source is meant.
    """
    typed = value.plain().strip()
    if typed.isascii() and typed.isdigit():
        return frozenset({int(typed)} & _ALL.keys())
    if typed == "-1":
        return frozenset(_CUSTOM)
    if value.has_wildcards():
        return _matching(Pattern.whole(value))
    wanted = _squeezed(typed)
    exact = frozenset(each for each, names in _SQUEEZED.items() if wanted in names)
    return exact or _matching(Pattern.within(Value.literal(wanted)))


def _matching(pattern: Pattern) -> frozenset[int]:
    return frozenset(
        number
        for number, names in _SQUEEZED.items()
        if any(pattern.matches(name) for name in names)
    )


def _squeezed(name: str) -> str:
    return name.casefold().replace(" ", "").replace("-", "")


_SQUEEZED = {number: frozenset(_squeezed(name) for name in names) for number, names in _ALL.items()}
