"""The plan of a scan: which devices are on the network, what else is, and what is treacherous."""

import random
from collections.abc import Iterator
from dataclasses import replace

from muster.simulator.directory.directory import Directory
from muster.simulator.directory.network.host import Host, Wiring
from muster.simulator.directory.network.known import seen
from muster.simulator.directory.network.strangers import (
    RASPBERRY_PI,
    any_stranger,
    stranger_host,
)
from muster.simulator.directory.network.vendors import PREFIXES
from muster.simulator.directory.objects.company import OFFICES
from muster.simulator.directory.objects.machines import MachineMaker

_KNOWN_SHARE = 0.6
_MOBILE_SHARE = 0.08
_MOBILE = frozenset({"iphone", "ipad", "android"})


def survey(directory: Directory, *, seed: int, count: int) -> list[Host]:
    """Return the hosts of a scan in a stable order: known ones, treacherous ones, unknown ones."""
    surveyor = _Surveyor(directory, seed)
    known = surveyor.known(round(count * _KNOWN_SHARE))
    treacherous = surveyor.treacherous()[: max(0, count - len(known))]
    unknown = count - len(known) - len(treacherous)
    found = known + treacherous + [surveyor.unknown(number) for number in range(1, unknown + 1)]
    random.Random(f"{seed}:scan order").shuffle(found)
    return found


class _Surveyor:
    """Walks through one company once."""

    def __init__(self, directory: Directory, seed: int) -> None:
        self._directory = directory
        self._rng = random.Random(f"{seed}:scan")
        self._wiring = Wiring(self._rng)
        self._machines: MachineMaker = directory.machines
        self._candidates = self._walk()

    def known(self, number: int) -> list[Host]:
        """Return hosts that are devices of the directory, fewer if it has not so many."""
        mobiles = round(number * _MOBILE_SHARE)
        found: list[Host] = []
        for index in self._candidates:
            if len(found) >= number:
                break
            is_mobile = self._machines.of(index).sort in _MOBILE
            if is_mobile and mobiles <= 0:
                continue
            host = self._seen(index)
            if host is not None:
                mobiles -= is_mobile
                found.append(host)
        return found

    def unknown(self, number: int) -> Host:
        """Return a host that the directory does not know."""
        return any_stranger(self._wiring, number)

    def treacherous(self) -> list[Host]:
        """Return hosts that tempt a careless correlation, as far as the directory has such."""
        pi = [
            stranger_host(RASPBERRY_PI, self._rng.choice(OFFICES), self._wiring, number)
            for number in (1, 2)
        ]
        return [
            *(replace(each, remark="two hosts share a generic name") for each in pi),
            self._nameless(),
            self._with_random_mac(),
            *self._re_registered(),
            *self._other_system(),
            *self._seen_twice(),
            *self._multi_homed(),
            *self._inactive(),
        ]

    def _walk(self) -> Iterator[int]:
        """Yield devices in random order: live ones whose machine registered once."""
        count = self._directory.size.devices
        for index in self._rng.sample(range(count), count):
            if self._machines.is_superseded(index) or self._machines.index_of(index) != index:
                continue
            device = self._get(index)
            if device is not None and device["accountEnabled"]:
                yield index

    def _seen(self, index: int) -> Host | None:
        device = self._get(index)
        if device is None:
            return None
        machine = self._machines.of(index)
        ad_domain = self._directory.world.ad_domain
        name = str(device["displayName"])
        return seen(index, name, machine, self._wiring, ad_domain=ad_domain)

    def _get(self, index: int) -> dict[str, object] | None:
        return self._directory.get("devices", self._directory.id_at("devices", index))

    def _nameless(self) -> Host:
        address = self._wiring.address(self._rng.choice(OFFICES).network, "client")
        return Host(addresses=(address,), remark="nothing but an address is known")

    def _with_random_mac(self) -> Host:
        return Host(
            names=("android",),
            addresses=(self._wiring.address(self._rng.choice(OFFICES).network, "guest"),),
            macs=(self._wiring.random_mac(),),
            device_type="Mobile",
            os="Android",
            os_vendor="Google",
            family="android",
            remark="a phone with a made-up MAC",
        )

    def _re_registered(self) -> list[Host]:
        """Return a Windows machine registered twice in either way: both enabled, the old not."""
        wanted = {True, False}
        found = []
        for old in range(self._directory.size.devices):
            if not wanted:
                break
            if not self._machines.is_superseded(old):
                continue
            new = next(n for n in range(old + 1, old + 40) if self._machines.index_of(n) == old)
            older, newer = self._get(old), self._get(new)
            if older is None or newer is None or not newer["accountEnabled"]:
                continue
            is_windows = self._machines.of(old).sort in ("laptop", "desktop")
            if is_windows and older["accountEnabled"] in wanted:
                wanted.discard(bool(older["accountEnabled"]))
                host = self._seen(new)
                found += [] if host is None else [host]
        return found

    def _other_system(self) -> list[Host]:
        """Return a Linux host that bears the name of a Windows device."""
        host = self._next("laptop", "desktop")
        if host is None:
            return []
        linux = replace(
            host,
            device_type="Server",
            os="Ubuntu Linux",
            os_version="22.04",
            os_vendor="Canonical",
            family="linux",
            device_index=None,
            services=RASPBERRY_PI.services[:1],
            macs=(self._wiring.mac(PREFIXES["VMware"]),),
        )
        return [linux]

    def _seen_twice(self) -> list[Host]:
        """Return two hosts that bear one device's name: a laptop at its dock and on its Wi-Fi."""
        host = self._next("laptop")
        if host is None:
            return []
        office = self._machines.of(host.device_index or 0).office
        again = replace(
            host,
            addresses=(self._wiring.address(office.network, "guest"),),
            macs=(self._wiring.mac(PREFIXES["Intel"]),),
        )
        return [host, again]

    def _inactive(self) -> list[Host]:
        """Return a machine that works on although the directory has disabled its device."""
        # One that was disabled since may have been, because its machine registered again.
        changed = {change.id for change in self._directory.changes("devices", 0)}
        for index in range(self._directory.size.devices):
            device = self._get(index)
            if device is None or device["accountEnabled"] or device["id"] in changed:
                continue
            if self._machines.is_superseded(index):
                continue
            machine = self._machines.of(index)
            host = self._seen(index) if machine.sort in ("laptop", "desktop") else None
            if host is not None and machine.index == index:
                return [host]
        return []

    def _multi_homed(self) -> list[Host]:
        """Return a server with several addresses in several networks."""
        host = self._next("server")
        if host is None:
            return []
        office = self._machines.of(host.device_index or 0).office
        more = tuple(self._wiring.address(office.network, each) for each in ("server", "network"))
        mac = self._wiring.mac(PREFIXES["Intel"])
        return [replace(host, addresses=host.addresses + more, macs=(*host.macs, mac))]

    def _next(self, *sorts: str) -> Host | None:
        for index in self._candidates:
            if self._machines.of(index).sort in sorts:
                return self._seen(index)
        return None
