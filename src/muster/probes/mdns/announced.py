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


@dataclass
class Announced:
    """What was announced; `labels` are the machine's names as they stand before `.local`."""

    kinds: list[str] = field(default_factory=list)
    instances: list[str] = field(default_factory=list)
    hosts: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    workstation_macs: list[str] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """The machine's names, each once."""
        return text.names(dict.fromkeys(self.hosts))

    @property
    def labels(self) -> tuple[str, ...]:
        """The machine's names without `.local`."""
        return tuple(dict.fromkeys(each.removesuffix(".local") for each in self.names))

    @property
    def macs(self) -> tuple[str, ...]:
        """The MACs told."""
        return text.macs(self.workstation_macs)

    @property
    def attributes(self) -> dict[str, str]:
        """All of it as attributes."""
        told: dict[str, object] = {
            "mdns.names": self.names,
            "mdns.services": [each.removesuffix(".local") for each in self.kinds],
            "mdns.instances": self.instances,
            "mdns.macs": self.macs,
        }
        return text.attributes(told | dict(self.texts))


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
        found.addresses += [each.to_text() for each in record]
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
        found.workstation_macs.append(workstation[2])
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
