"""What of a record can match: its keys, how strong each is, and what is too common to mean one.

The table `RULES` is the whole of it: for each dimension what it is called, how much it is worth,
where each source says it and how it is written. A directory brings only an id and a name, and
scans name hosts in their own ways, so names are compared case-folded, by their first label.
NetBIOS cuts a name at 15 characters: a name of exactly 15 may be the beginning of a longer one,
and matches it if only one begins so - but not if it is whole: DNS does not cut, and the names that
Windows makes up have 15 characters of their own.

An address never matches by itself: DHCP gives it to another machine tomorrow, and the private
ones are the same in every home. It only tells apart machines of one name.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from ipaddress import ip_address

from muster.core import normalize
from muster.core.normalize import NETBIOS_LENGTH, short_name
from muster.core.records import AssetRecord
from muster.correlate.placeholders import is_common_name, mac_refusal, serial_refusal


class Dimension(IntEnum):
    """What kind of key it is. The numbers are stored."""

    NAME = 1
    CUT_NAME = 2
    ADDRESS_AND_NAME = 3
    MAC = 4
    BUILT_IN_MAC = 5
    SERIAL = 6
    SID = 7
    DEVICE_ID = 8


Key = tuple[Dimension, str]

ANY_SOURCE = "*"


@dataclass(frozen=True, slots=True)
class Rule:
    """How one dimension is used.

    `name` is what a person reads as the reason of a match, and `strength` how much it is worth:
    stronger links are made first. With `breaks`, two different values mean two machines,
    whatever weaker evidence says. `attributes` are where a source says it, besides its own
    fields; `ANY_SOURCE` stands for the sources not named.
    """

    name: str
    label: str
    strength: int
    breaks: bool = False
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def places(self, source: str) -> tuple[str, ...]:
        """Return the attributes in which a source says it."""
        return self.attributes.get(source, self.attributes.get(ANY_SOURCE, ()))


RULES: Mapping[Dimension, Rule] = {
    Dimension.DEVICE_ID: Rule(
        "device-id",
        "the Azure device id",
        strength=80,
        breaks=True,
        attributes={
            "azuread": ("deviceId",),
            ANY_SOURCE: (
                "azureADDeviceId",
                "azureAdDeviceId",
                "aadDeviceId",
                "azure_ad_device_id",
                "azuread.deviceId",
            ),
        },
    ),
    Dimension.SID: Rule(
        "sid",
        "the security identifier of the domain",
        strength=70,
        breaks=True,
        attributes={ANY_SOURCE: ("onPremisesSecurityIdentifier", "objectSid", "objectSID")},
    ),
    Dimension.SERIAL: Rule(
        "serial",
        "the serial number",
        strength=60,
        breaks=True,
        attributes={
            "azuread": (),
            ANY_SOURCE: (
                "serialNumber",
                "serial_number",
                "serial",
                "hw.serialNumber",
                "bios.serialNumber",
                "snmp.serialNumbers",
            ),
        },
    ),
    Dimension.BUILT_IN_MAC: Rule(
        "built-in-mac",
        "the MAC of a built-in adapter",
        strength=50,
        attributes={ANY_SOURCE: ("wiFiMacAddress", "wifiMacAddress", "wifi_mac")},
    ),
    Dimension.MAC: Rule(
        "mac",
        "the MAC",
        strength=40,
        attributes={
            ANY_SOURCE: ("wiFiMacAddress", "wifiMacAddress", "wifi_mac", "ethernetMacAddress")
        },
    ),
    Dimension.ADDRESS_AND_NAME: Rule("address+name", "the name at the address", strength=30),
    Dimension.NAME: Rule("name", "the name", strength=20),
    Dimension.CUT_NAME: Rule("netbios-name", "the name, as NetBIOS cuts it,", strength=10),
}

# What DNS allows for a whole name; a longer one is no name.
LONGEST_NAME = 253
LONGEST_SERIAL = 100
# What has more addresses is a router or a load balancer: none of them is its own.
MOST_ADDRESSES = 16

_DEVICE_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NO_IDS = {"00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"}
_MADE_BY_WINDOWS = re.compile(r"desktop-[0-9a-z]{7}|laptop-[0-9a-z]{8}|win-[0-9a-z]{11}")
_COMPUTER_SID = re.compile(r"S-1-5-21(-\d{1,10}){4}")
# The same on every machine with Docker, VirtualBox, libvirt or an Android emulator.
_BRIDGES = {"10.0.2.15", "172.17.0.1", "192.168.56.1", "192.168.122.1"}


@dataclass(frozen=True, slots=True)
class Reading:
    """One thing a record says of its identity: the key it makes, or why it makes none."""

    dimension: Dimension
    text: str
    key: Key | None
    refusal: str = ""


def keys_of(record: AssetRecord) -> frozenset[Key]:
    """Return the keys of a record; empty if nothing it says can tell a machine."""
    return frozenset(each.key for each in readings(record) if each.key is not None)


def readings(record: AssetRecord) -> list[Reading]:
    """Return everything a record says of its identity, in the order of what it is worth."""
    found = [
        _reading(dimension, text, normal)
        for dimension, normal in _NORMAL.items()
        for text in _said(record, dimension)
    ]
    whole = {short_name(name) for name in record.names if "." in name.strip().strip(".")}
    names = [each for name in record.names for each in _names(name, whole)]
    every = found + list(_addressed(record, names)) + names
    return [each for one in every for each in _as_wished(one, record.match_behavior)]


def can_link(key: Key, one: frozenset[Key], other: frozenset[Key]) -> bool:
    """True if a shared key really speaks for one machine.

    Two long names that only begin alike are two machines; one of them must be the cut form.
    A MAC of two that are called differently is that of a dock or an adapter that went round,
    unless one side knows it to be built in.
    """
    dimension, value = key
    if dimension is Dimension.MAC:
        built_in = (Dimension.BUILT_IN_MAC, value)
        return built_in in one or built_in in other or not names_differ(one, other)
    if dimension is Dimension.CUT_NAME:
        whole = (Dimension.NAME, value)
        return (whole in one) != (whole in other)
    return True


def names_differ(one: frozenset[Key], other: frozenset[Key]) -> bool:
    """True if both have names, none of them the same nor the other's as NetBIOS cuts it."""
    mine, theirs = values_of(Dimension.NAME, one), values_of(Dimension.NAME, other)
    if not mine or not theirs or mine & theirs:
        return False
    cut, their_cut = values_of(Dimension.CUT_NAME, one), values_of(Dimension.CUT_NAME, other)
    return not (mine & their_cut or theirs & cut)


def values_of(dimension: Dimension, keys: frozenset[Key]) -> set[str]:
    """Return the values that keys have in one dimension."""
    return {value for kind, value in keys if kind is dimension}


def dimension_of(rule: str) -> Dimension | None:
    """Return the dimension that a rule's name stands for; None for one without a key."""
    return next((each for each, known in RULES.items() if known.name == rule), None)


_SWITCHED_OFF = {
    "no-mac-match": frozenset({Dimension.MAC, Dimension.BUILT_IN_MAC}),
    "no-ip-match": frozenset({Dimension.ADDRESS_AND_NAME}),
    "no-name-match": frozenset({Dimension.NAME, Dimension.CUT_NAME, Dimension.ADDRESS_AND_NAME}),
}
"""What the words of a custom integration keep from matching."""


def _as_wished(reading: Reading, behavior: tuple[str, ...]) -> Iterator[Reading]:
    """Yield what is left of a reading by what its integration says of matching.

    Where names do not break, a MAC matches whatever the names: as that of a built-in adapter.
    What MACs and addresses of integrations would break, nothing here lets them.
    """
    if reading.key and any(reading.dimension in _SWITCHED_OFF.get(e, ()) for e in behavior):
        yield Reading(reading.dimension, reading.text, None, "its integration does not match by it")
        return
    yield reading
    if "no-name-break" in behavior and reading.dimension is Dimension.MAC and reading.key:
        built_in = Dimension.BUILT_IN_MAC
        yield Reading(built_in, reading.text, (built_in, reading.key[1]))


def _said(record: AssetRecord, dimension: Dimension) -> Iterator[str]:
    attributes = record.attributes
    for place in RULES[dimension].places(record.source):
        if place in attributes:
            yield from attributes[place].split("\t")
    if dimension is Dimension.MAC:
        yield from record.macs


def _reading(dimension: Dimension, text: str, normal: Callable[[str], tuple[str, str]]) -> Reading:
    value, refusal = normal(text)
    return Reading(dimension, text, (dimension, value) if value else None, refusal)


def _device_id(text: str) -> tuple[str, str]:
    folded = text.strip().strip("{}").casefold()
    is_id = _DEVICE_ID.fullmatch(folded) and folded not in _NO_IDS
    return (folded, "") if is_id else ("", "not an id")


def _sid(text: str) -> tuple[str, str]:
    upper = text.strip().upper()
    return (upper, "") if _COMPUTER_SID.fullmatch(upper) else ("", "not the id of a computer")


def _serial(text: str) -> tuple[str, str]:
    upper = " ".join(text.upper().split())
    if len(upper) > LONGEST_SERIAL or "\0" in upper:
        return "", "not a serial number"
    refusal = serial_refusal(upper)
    return ("", refusal) if refusal else (upper, "")


def _mac(text: str) -> tuple[str, str]:
    mac = normalize.mac(text)
    if not mac:
        return "", "not the address of an adapter"
    refusal = mac_refusal(mac)
    return ("", refusal) if refusal else (mac, "")


_NORMAL: Mapping[Dimension, Callable[[str], tuple[str, str]]] = {
    Dimension.DEVICE_ID: _device_id,
    Dimension.SID: _sid,
    Dimension.SERIAL: _serial,
    Dimension.BUILT_IN_MAC: _mac,
    Dimension.MAC: _mac,
}


def _names(name: str, whole: set[str]) -> Iterator[Reading]:
    short = short_name(name)
    if not short or len(short) > LONGEST_NAME or "\0" in short:
        yield Reading(Dimension.NAME, name, None, "not a name")
    elif is_common_name(short):
        yield Reading(Dimension.NAME, name, None, "a name that any machine could have")
    else:
        yield Reading(Dimension.NAME, name, (Dimension.NAME, short))
        is_whole = short in whole or _MADE_BY_WINDOWS.fullmatch(short)
        if len(short) > NETBIOS_LENGTH or (len(short) == NETBIOS_LENGTH and not is_whole):
            cut = short[:NETBIOS_LENGTH]
            yield Reading(Dimension.CUT_NAME, cut, (Dimension.CUT_NAME, cut))


def _addressed(record: AssetRecord, names: list[Reading]) -> Iterator[Reading]:
    """Names at addresses: what tells apart machines of one name."""
    if not record.addresses or len(record.addresses) > MOST_ADDRESSES:
        return
    shorts = sorted({each.key[1] for each in names if each.key and each.key[0] is Dimension.NAME})
    for short in shorts:
        for address in filter(None, map(_own_address, record.addresses)):
            value = f"{address} {short}"
            yield Reading(Dimension.ADDRESS_AND_NAME, value, (Dimension.ADDRESS_AND_NAME, value))


def _own_address(text: str) -> str:
    address = normalize.address(text)
    if not address or address in _BRIDGES:
        return ""
    found = ip_address(address)
    is_nobodys = (
        found.is_loopback or found.is_link_local or found.is_multicast or found.is_unspecified
    )
    return "" if is_nobodys else address
