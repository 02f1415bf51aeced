"""What answers of multicast DNS announce: names, kinds of services, model, MAC and texts."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import dns.rrset

from muster.core.errors import DataError
from muster.protocols import dns as messages
from muster.protocols import text

_KIND = re.compile(r"_[a-z0-9-]{1,40}\._(?:tcp|udp)\.local", re.IGNORECASE)
# Avahi names a workstation by its name and MAC: "ws-0042 [dc:a6:32:00:00:16]".
_WORKSTATION = re.compile(
    r"(.{1,63}) \[([0-9a-f:]{17})\]\._workstation\._tcp\.local", re.IGNORECASE
)
_DEVICE_INFO = "._device-info._tcp.local"
_ALL_KINDS = "_services._dns-sd._udp.local"
_MOST_TEXTS = 64
MOST_NAMES = 4


@dataclass
class Announced:
    """What was announced, of whichever machines."""

    kinds: list[str] = field(default_factory=list)
    instances: list[str] = field(default_factory=list)
    hosts: list[str] = field(default_factory=list)
    addresses: list[tuple[str, str]] = field(default_factory=list)
    workstations: list[tuple[str, str]] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)

    def of(self, address: str) -> "Machine":
        """Return what concerns the machine at an address.

        A router that passes on what others announce (a reflector) is not called like them: a
        name that is said to lie elsewhere, and only there, is not the machine's.
        """
        here = {name for name, place in self.addresses if place == address}
        elsewhere = {name for name, _place in self.addresses} - here
        own = [each for each in self.hosts if (each in here if here else each not in elsewhere)]
        names = text.names(dict.fromkeys(own))[:MOST_NAMES]
        macs = text.macs(mac for name, mac in self.workstations if name in names)
        also = text.addresses(place for name, place in self.addresses if name in here)
        return Machine(names, macs, also, self._attributes(names, macs))

    def _attributes(self, names: tuple[str, ...], macs: tuple[str, ...]) -> dict[str, str]:
        told: dict[str, object] = {
            "mdns.names": names,
            "mdns.services": [each.removesuffix(".local") for each in self.kinds],
            "mdns.instances": self.instances,
            "mdns.macs": macs,
        }
        return text.attributes(told | dict(self.texts))


@dataclass(frozen=True, slots=True)
class Machine:
    """What was announced of one machine."""

    names: tuple[str, ...]
    macs: tuple[str, ...]
    addresses: tuple[str, ...]
    attributes: dict[str, str]

    @property
    def labels(self) -> tuple[str, ...]:
        """The names without `.local`."""
        return tuple(dict.fromkeys(each.removesuffix(".local") for each in self.names))


def announced(answers: Sequence[bytes]) -> Announced:
    """Return what the answers announce. An unreadable one is passed over if another is not.

    Raises DataError if none can be read.
    """
    found, trouble = Announced(), None
    readable = 0
    for each in answers:
        try:
            records = messages.records(each)
        except DataError as error:
            trouble = error
            continue
        readable += 1
        for record in records:
            _take(found, record)
    if trouble is not None and not readable:
        raise trouble
    found.kinds = list(dict.fromkeys(found.kinds))
    return found


def _take(found: Announced, record: dns.rrset.RRset) -> None:
    owner = messages.plain(record.name)
    if record.rdtype == messages.PTR:
        for _owner, pointed in messages.pointers([record]):
            _take_pointer(found, owner, pointed)
    elif record.rdtype == messages.SRV:
        found.hosts += [messages.plain(each.target) for each in record]
        _take_instance(found, owner)
    elif record.rdtype in {messages.A, messages.AAAA}:
        found.hosts.append(owner)
        found.addresses += [(owner, each.to_text()) for each in record]
    elif record.rdtype == messages.TXT:
        _take_texts(found, owner, record)


def _take_pointer(found: Announced, owner: str, pointed: str) -> None:
    if owner.casefold() == _ALL_KINDS:
        found.kinds += [pointed] if _KIND.fullmatch(pointed) else []
    elif owner.casefold().endswith(".arpa"):
        found.hosts.append(pointed)
    else:
        found.kinds += [owner] if _KIND.fullmatch(owner) else []
        _take_instance(found, pointed)


def _take_instance(found: Announced, instance: str) -> None:
    workstation = _WORKSTATION.fullmatch(instance)
    if workstation:
        found.hosts.append(f"{workstation[1]}.local")
        found.workstations.append((f"{workstation[1]}.local", workstation[2]))
    found.instances.append(instance.removesuffix(".local"))


def _take_texts(found: Announced, owner: str, record: dns.rrset.RRset) -> None:
    prefix = "mdns.deviceInfo" if owner.casefold().endswith(_DEVICE_INFO) else _prefix(owner)
    if not prefix:
        return
    for string in [string for each in record for string in each.strings][:_MOST_TEXTS]:
        key, equals, value = text.clean(string).partition("=")
        if equals and re.fullmatch(r"[A-Za-z0-9_-]{1,32}", key):
            found.texts.setdefault(f"{prefix}.{key}", value)


def _prefix(owner: str) -> str:
    """Return the attribute under which a service's texts are told: `mdns.ipp` for _ipp._tcp."""
    kind = re.search(r"\._([a-z0-9-]{1,40})\._(?:tcp|udp)\.local$", owner, re.IGNORECASE)
    return f"mdns.{kind[1].casefold()}" if kind else ""
