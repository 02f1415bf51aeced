"""A scan of a tenant's own network: lines of NDJSON, and which of them should join which device."""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from muster.simulator.directory.directory import Directory
from muster.simulator.directory.identifiers import GuidCodec
from muster.simulator.directory.network.host import Host, asset_line, service_line
from muster.simulator.directory.network.known import NETBIOS_LENGTH
from muster.simulator.directory.network.survey import survey

_FAMILIES = {"win": "windows", "mac": "macos", "ios": "ios", "iph": "ios", "ipa": "ios",
             "and": "android", "lin": "linux"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Expectation:
    """What should become of one host.

    `device_id` is the object id of the device that it should join, None where it should join
    none. `truth` is the device that it really is, None where the directory does not know it:
    a host may be a device and yet carry nothing by which anybody could tell. `candidates` are
    all live devices of its name, inactive ones too.
    """

    host_id: str
    names: tuple[str, ...]
    device_id: str | None
    truth: str | None
    candidates: tuple[str, ...]
    reason: str


def hosts(directory: Directory, *, seed: int, count: int) -> Iterator[dict[str, object]]:
    """Yield the scan: asset and service records of about `count` hosts, then the two reports.

    About six in ten are devices of the directory. Deterministic for the same directory in the
    same state.
    """
    now_seconds = int(directory.now.timestamp())
    rng = random.Random(f"{seed}:scan stamps")
    services = 0
    found = survey(directory, seed=seed, count=count)
    for host_id, host in _numbered(found, seed):
        yield asset_line(host, host_id, now_seconds=now_seconds, rng=rng)
        services += len(host.services)
        for service in host.services:
            yield service_line(service, host, host_id)
    yield _report("assets", len(found))
    yield _report("services", services)


def expectations(
    directory: Directory, *, seed: int, count: int, include_inactive: bool = False
) -> list[Expectation]:
    """Return what should become of each host of the same scan.

    The rule: the first label of a name, case-folded, belongs to one host and to one device (of
    the active ones, unless inactive ones are imported too), and the families of their operating
    systems do not contradict each other. A host's label of 15 characters stands for every
    device whose name begins so, because NetBIOS cuts there.
    """
    found = survey(directory, seed=seed, count=count)
    names = _names(directory, found)
    return [
        _expect(directory, host_id, host, names, include_inactive=include_inactive)
        for host_id, host in _numbered(found, seed)
    ]


@dataclass(slots=True)
class _Names:
    """Who has which name: devices by the whole and by the cut one, hosts by the whole one."""

    whole: dict[str, list[str]] = field(default_factory=dict)
    cut: dict[str, list[str]] = field(default_factory=dict)
    bearers: Counter[str] = field(default_factory=Counter)

    def devices(self, host: Host) -> tuple[str, ...]:
        """Return the ids of the devices that a host may be by its names."""
        found: dict[str, None] = {}
        for label in _labels(host.names):
            ids = self.cut if len(label) == NETBIOS_LENGTH else self.whole
            found.update(dict.fromkeys(ids.get(label, ())))
        return tuple(found)


def _expect(
    directory: Directory, host_id: str, host: Host, names: _Names, *, include_inactive: bool
) -> Expectation:
    candidates = names.devices(host)
    eligible = [
        each
        for each in candidates
        if include_inactive or _device(directory, each)["accountEnabled"]
    ]
    reason = _objection(host, candidates, eligible, names)
    if reason == "" and _contradict(host, _device(directory, eligible[0])):
        reason = "the operating systems contradict each other"
    is_known = host.device_index is not None
    return Expectation(
        host_id=host_id,
        names=host.names,
        device_id=None if reason else eligible[0],
        truth=directory.id_at("devices", host.device_index or 0) if is_known else None,
        candidates=candidates,
        reason=reason or "the name is unique on both sides",
    )


def _objection(
    host: Host, candidates: Sequence[str], eligible: Sequence[str], names: _Names
) -> str:
    if not candidates and host.device_index is not None:
        return "the scan knows the device by another name"
    if not candidates:
        return host.remark or "no device has the name"
    if not eligible:
        return "the device is inactive"
    if any(names.bearers[label] > 1 for label in _labels(host.names)):
        return "several hosts have the name"
    return "several devices have the name" if len(eligible) > 1 else ""


def _names(directory: Directory, found: Sequence[Host]) -> _Names:
    names = _Names()
    for host in found:
        names.bearers.update(_labels(host.names))
    for device in directory.walk("devices"):
        label, object_id = _label(str(device["displayName"])), str(device["id"])
        names.whole.setdefault(label, []).append(object_id)
        names.cut.setdefault(label[:NETBIOS_LENGTH], []).append(object_id)
    return names


def _device(directory: Directory, object_id: str) -> dict[str, object]:
    return directory.get("devices", object_id) or {}


def _labels(names: Sequence[str]) -> set[str]:
    return {_label(name) for name in names}


def _label(name: str) -> str:
    return name.strip().casefold().split(".", 1)[0]


def _contradict(host: Host, device: dict[str, object]) -> bool:
    family = _FAMILIES.get(str(device["operatingSystem"])[:3].casefold(), "")
    return bool(family and host.family and family != host.family)


def _numbered(found: Sequence[Host], seed: int) -> Iterator[tuple[str, Host]]:
    codec = GuidCodec(seed, "hosts")
    return ((codec.encode(number), host) for number, host in enumerate(found))


def _report(collection: str, records: int) -> dict[str, object]:
    return {
        "type": "report",
        "source": "runzero",
        "collection": collection,
        "complete": True,
        "records": records,
    }
