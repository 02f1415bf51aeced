"""What of a record can match: its keys, how strong each is, and what is too common to mean one.

A directory brings only an id and a name, and scans name hosts in their own ways, so names are
compared case-folded, by their first label. NetBIOS cuts a name at 15 characters: a name of
exactly 15 may be the beginning of a longer one, and matches it if only one begins so.
"""

from collections.abc import Iterable
from enum import IntEnum

from muster.core.normalize import NETBIOS_LENGTH, short_name


class Dimension(IntEnum):
    """What kind of key it is. The numbers are stored."""

    NAME = 1
    CUT_NAME = 2


Key = tuple[Dimension, str]

# How much a match by this dimension is worth: stronger links are made first.
STRENGTH = {Dimension.NAME: 2, Dimension.CUT_NAME: 1}

# What a person reads as the reason of a match.
RULES = {Dimension.NAME: "name", Dimension.CUT_NAME: "netbios-name"}

# Names that a vendor or an installer gives to every machine: equal ones mean nothing.
COMMON_NAMES = frozenset(
    {
        "android",
        "android-device",
        "computer",
        "debian",
        "default",
        "desktop",
        "esp32",
        "esp8266",
        "galaxy",
        "host",
        "ipad",
        "iphone",
        "kali",
        "laptop",
        "linux",
        "localhost",
        "localhost4",
        "localhost6",
        "mac",
        "macbook",
        "macbookair",
        "macbookpro",
        "macbook-air",
        "macbook-pro",
        "n/a",
        "none",
        "null",
        "openwrt",
        "pc",
        "phone",
        "printer",
        "raspberrypi",
        "router",
        "server",
        "tablet",
        "test",
        "ubuntu",
        "unknown",
        "windows",
        "workstation",
    }
)

# What DNS allows for a whole name; a longer one is no name.
LONGEST_NAME = 253


def keys_of(names: Iterable[str]) -> frozenset[Key]:
    """Return the keys of a record's names; empty if none of them can tell a machine."""
    keys: set[Key] = set()
    for name in names:
        short = short_name(name)
        if not short or short in COMMON_NAMES or len(short) > LONGEST_NAME or "\0" in short:
            continue
        keys.add((Dimension.NAME, short))
        if len(short) >= NETBIOS_LENGTH:
            keys.add((Dimension.CUT_NAME, short[:NETBIOS_LENGTH]))
    return frozenset(keys)


def can_link(key: Key, one: frozenset[Key], other: frozenset[Key]) -> bool:
    """True if a shared key really speaks for one machine.

    Two long names that only begin alike are two machines; one of them must be the cut form.
    """
    dimension, value = key
    if dimension is not Dimension.CUT_NAME:
        return True
    whole = (Dimension.NAME, value)
    return (whole in one) != (whole in other)
