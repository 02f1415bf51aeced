"""Hosts and services as a scan describes them, and the addresses that they get."""

import random
from collections import Counter
from dataclasses import dataclass, field, replace

from muster.simulator.directory.objects.world import stamp

HOUR_SECONDS = 3600
_VLAN_OF = {"server": 10, "printer": 20, "network": 1, "client": 30, "iot": 60, "guest": 90}
_HOSTS_IN_A_NET = 240
_ALIVE_SHARE = 0.94


@dataclass(frozen=True, slots=True)
class Service:
    """One open port."""

    port: int
    protocols: tuple[str, ...]
    product: str = ""
    vendor: str = ""
    version: str = ""
    transport: str = "tcp"


@dataclass(frozen=True, slots=True)
class Host:
    """One host; `device_index` is the directory's device that it really is, if it is one."""

    names: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    macs: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    device_type: str = ""
    os: str = ""
    os_version: str = ""
    os_vendor: str = ""
    family: str = ""
    vendor: str = ""
    hardware: str = ""
    services: tuple[Service, ...] = ()
    device_index: int | None = None
    remark: str = ""

    def called(self, *names: str, remark: str) -> "Host":
        """Return the same host under other names."""
        return replace(self, names=names, remark=remark)


@dataclass(slots=True)
class Wiring:
    """Gives out addresses and MACs, each once."""

    rng: random.Random
    _used: Counter[tuple[int, str]] = field(default_factory=Counter)
    _macs: set[str] = field(default_factory=set)

    def address(self, network: int, purpose: str) -> str:
        """Return the next free address for a purpose in an office's network."""
        number = self._used[network, purpose]
        self._used[network, purpose] += 1
        block, host = divmod(number, _HOSTS_IN_A_NET)
        return f"10.{network}.{_VLAN_OF[purpose] + block}.{10 + host}"

    def mac(self, prefixes: tuple[str, ...]) -> str:
        """Return a fresh MAC under one of the makers' prefixes."""
        while True:
            mac = f"{self.rng.choice(prefixes)}:{self._tail(3)}"
            if mac not in self._macs:
                self._macs.add(mac)
                return mac

    def random_mac(self) -> str:
        """Return a MAC that a phone made up: its locally administered bit is set."""
        first = (self.rng.randrange(64) << 2) | 0x02
        return f"{first:02x}:{self._tail(5)}"

    def _tail(self, count: int) -> str:
        return ":".join(f"{self.rng.randrange(256):02x}" for _ in range(count))


def asset_line(
    host: Host, host_id: str, *, now_seconds: int, rng: random.Random
) -> dict[str, object]:
    """Return the host as an asset record."""
    is_alive = rng.random() < _ALIVE_SHARE
    age = rng.randrange(3 * HOUR_SECONDS) if is_alive else rng.randrange(48, 240) * HOUR_SECONDS
    first = age + rng.randrange(1, 400) * 24 * HOUR_SECONDS
    attributes = {"ip.ttl.hops": str(rng.choice((0, 1, 1, 2)))}
    if host.os:
        attributes |= {"fp.os.vendor": host.os_vendor, "fp.os.product": host.os}
        attributes |= {"fp.os.version": host.os_version} if host.os_version else {}
        attributes |= {"fp.os.family": host.family} if host.family else {}
        attributes["fp.certainty"] = rng.choice(("0.65", "0.80", "0.90", "1.0"))
    return {
        "type": "asset",
        "source": "runzero",
        "id": host_id,
        "kind": "",
        "names": list(host.names),
        "addresses": list(host.addresses),
        "macs": list(host.macs),
        "domains": list(host.domains),
        "device_type": host.device_type,
        "os": host.os,
        "os_version": host.os_version,
        "hardware_vendor": host.vendor,
        "hardware": host.hardware,
        "is_scanned": True,
        "is_alive": is_alive,
        "first_seen_at": stamp(now_seconds - first),
        "seen_at": stamp(now_seconds - age),
        "attributes": attributes,
    }


def service_line(service: Service, host: Host, host_id: str) -> dict[str, object]:
    """Return one of the host's services as a service record."""
    return {
        "type": "service",
        "source": "runzero",
        "asset_id": host_id,
        "address": host.addresses[0],
        "transport": service.transport,
        "port": service.port,
        "protocols": list(service.protocols),
        "product": service.product,
        "vendor": service.vendor,
        "version": service.version,
        "attributes": {"service.transport": service.transport},
    }
