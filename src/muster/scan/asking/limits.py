"""The limits that all probes of a scan share: addresses, rates, and connections of a host."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from muster.core.errors import UnavailableError
from muster.core.probe import Target
from muster.scan.pace import Pace
from muster.scan.ports import FRAGILE, SILENT
from muster.scan.scope import Scope

_LONGEST_WAIT_SECONDS = 120.0
_MOST_REMEMBERED = 10_000


@dataclass(slots=True)
class Limits:
    """What holds for every exchange of a scan.

    `nameservers` may be asked although they are outside of the scope; nothing else is.
    `connections` is how many a host has at a time; one with a fragile port has one.
    """

    pace: Pace
    scope: Scope
    nameservers: Sequence[str] = ()
    connections: int = 2
    _slots: OrderedDict[str, asyncio.Semaphore] = field(default_factory=OrderedDict)
    _fragile: set[str] = field(default_factory=set)

    def check(self, target: Target) -> None:
        """Raise UnavailableError if the target must not be spoken to."""
        if target.address not in self.scope and target.address not in self.nameservers:
            raise UnavailableError(f"{target.address} is not in the scope of the scan")
        if target.port in SILENT and target.transport != "udp":
            raise UnavailableError(f"port {target.port} prints what is written to it")

    def make_fragile(self, address: str) -> None:
        """Allow a host one connection at a time from now on."""
        if address not in self._fragile:
            self._fragile.add(address)
            self._slots.pop(address, None)

    @asynccontextmanager
    async def slot(self, target: Target) -> AsyncIterator[None]:
        """Hold one of the connections that a host may have."""
        if target.port in FRAGILE:
            self.make_fragile(target.address)
        async with self._semaphore(target.address):
            yield

    async def take(self, address: str, *, packets: int = 1, reserve: int = 0) -> None:
        """Wait until the rates allow so many packets. Raises UnavailableError after minutes."""
        until = time.monotonic() + _LONGEST_WAIT_SECONDS
        while wait := self.pace.take(
            address, time.monotonic(), packets=packets, reserve=reserve, is_first=True
        ):
            if time.monotonic() > until:
                raise UnavailableError(f"the rates left no room for {address}")
            await asyncio.sleep(min(wait, 1.0))

    def spend(self, address: str, packets: int = 1, *, reserved: bool = True) -> None:
        """Count what the system sent by itself."""
        self.pace.spend(address, time.monotonic(), packets=packets, reserved=reserved)

    def _semaphore(self, address: str) -> asyncio.Semaphore:
        semaphore = self._slots.get(address)
        if semaphore is None:
            if len(self._slots) >= _MOST_REMEMBERED:
                self._slots.popitem(last=False)
            most = 1 if address in self._fragile else self.connections
            semaphore = self._slots[address] = asyncio.Semaphore(most)
        return semaphore
