"""Attributes that change with every sync and say nothing new of a thing: no changes.

When a thing was last in use is a figure of it (`last_seen`, `last_logon`), and a query of its
own; a history of it would be a row per thing and sync.
"""

import re
from collections.abc import Mapping
from fnmatch import translate
from functools import lru_cache

# By source, the names of attributes in any case; a star stands for any text.
VOLATILE: Mapping[str, tuple[str, ...]] = {
    # Graph moves the first on every few days, the second is each tick of Entra Connect, and sign-in
    # activity is when somebody worked.
    # Source: https://learn.microsoft.com/graph/api/resources/device (read 2026-11).
    "azuread": (
        "approximateLastSignInDateTimeTS",
        "onPremisesLastSyncDateTimeTS",
        "signInActivity.*",
        "ts",
    ),
    "runzero": (
        "ts",
        "*.ts",
        "*.rtt",
        "*.rtts",
        "*.uptime",
        "*.upTime",
        "*.bootTS",
        "*.serverTime*",
        "*.currentTime*",
        "*.ip.id",
        "http.head.date",
        "*.http.head.date",
        "last.*",
    ),
    "intune": ("lastSyncDateTimeTS", "freeStorageSpaceInBytes", "ts"),
    "ldap": ("lastLogonTS", "lastLogonTimestampTS", "logonCount", "uSNChanged", "whenChangedTS"),
    "ms365defender": ("lastSeenTS", "ts"),
    "crowdstrike": ("last_seenTS", "modified_timestampTS", "ts"),
}
ANYWHERE = ("ts", "lastSeenTS", "last_seenTS", "lastCheckinTS", "last_checkinTS")
"""Those of any other source."""


@lru_cache(maxsize=10_000)
def is_volatile(source: str, name: str) -> bool:
    """True if a change of that attribute of a source is none."""
    return _pattern(source).match(name.casefold()) is not None


@lru_cache(maxsize=64)
def _pattern(source: str) -> re.Pattern[str]:
    globs = VOLATILE.get(source, ANYWHERE)
    return re.compile("|".join(translate(each.casefold()) for each in globs))
