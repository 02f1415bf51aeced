"""The ProbeContext of `core.probe`: one for each probe of a scan, over the limits of all."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from ipaddress import ip_address

from muster.core.errors import UnavailableError
from muster.core.probe import (
    Datagram,
    Probe,
    ProbeCredential,
    Safety,
    Stream,
    Target,
    Tls,
)
from muster.scan.asking.datagrams import ask, ask_group
from muster.scan.asking.limits import Limits
from muster.scan.asking.stream import connected

CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 2.0

FindCredentials = Callable[[Probe, Target], Sequence[ProbeCredential]]


def no_credentials(probe: Probe, target: Target) -> Sequence[ProbeCredential]:
    """Return none: what a scan without credentials is given."""
    return ()


class ScanContext:
    """What one probe may use."""

    def __init__(
        self,
        probe: Probe,
        limits: Limits,
        *,
        options: Mapping[str, str],
        now: Callable[[], datetime],
        find_credentials: FindCredentials = no_credentials,
        source: str = "",
    ) -> None:
        """Take the scan's options; those that the probe declared and nobody set are defaults.

        `source` is our address on the segment that groups are asked in; "" for the system's own
        choice.
        """
        self._source = source
        self.options: Mapping[str, str] = {
            each.name: options.get(each.name, each.default) for each in probe.options
        }
        self.nameservers: Sequence[str] = limits.nameservers
        self._probe = probe
        self._limits = limits
        self._now = now
        self._find_credentials = find_credentials

    def now(self) -> datetime:
        """Return the instant."""
        return self._now()

    def credentials(self, target: Target) -> Sequence[ProbeCredential]:
        """Return those that may be used against this target."""
        kinds = {each.name for each in self._probe.credential_types}
        return [each for each in self._find_credentials(self._probe, target) if each.type in kinds]

    @asynccontextmanager
    async def connect(self, target: Target, *, tls: Tls | None = None) -> AsyncIterator[Stream]:
        """Connect by TCP; closed with a FIN at the end of the block."""
        self._limits.check(target)
        if self._probe.safety is Safety.FRAGILE:
            self._limits.make_fragile(target.address)
        async with self._limits.slot(target):
            stream = await connected(target, self._limits, CONNECT_SECONDS)
            try:
                if tls is not None:
                    await stream.start_tls(tls)
                yield stream
            finally:
                await stream.close()

    async def ask(
        self, target: Target, payload: bytes, *, most: int = 1, wait: timedelta | None = None
    ) -> list[Datagram]:
        """Send a datagram and return the host's answers."""
        self._limits.check(target)
        seconds = wait.total_seconds() if wait else ANSWER_SECONDS
        return await ask(target, payload, self._limits, most=most, wait=seconds)

    async def multicast(
        self, target: Target, payload: bytes, *, most: int, wait: timedelta
    ) -> list[Datagram]:
        """Send a datagram to a group and return what hosts of the scope answer."""
        if not _is_group(target.address):
            raise UnavailableError(f"{target.address} is no multicast group")
        return await ask_group(
            target, payload, self._limits, source=self._source, most=most, wait=wait.total_seconds()
        )

    async def token(self, target: Target, packets: int = 1) -> None:
        """Wait until the rates allow so many packets."""
        self._limits.check(target)
        await self._limits.take(target.address, packets=packets)


def _is_group(address: str) -> bool:
    try:
        return ip_address(address).is_multicast
    except ValueError:
        return False
