"""Running the probes of one host: those that ask it for names, then one for each open port."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from muster.core.errors import ConfigError, DataError, UnavailableError
from muster.core.probe import Fact, Need, Probe, Reach, Safety, Target
from muster.core.scanfile import ScanError
from muster.probes import registry
from muster.scan.asking.context import FindCredentials, ScanContext, no_credentials
from muster.scan.asking.limits import Limits
from muster.scan.found import Found

_MOST_ROUNDS = 3
"""What one probe hears on a port may call for another, and that for a third."""
_MOST_PORTS = 64
_LONGEST_SECONDS = 90.0

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Prober:
    """Runs the chosen probes within the limits of the scan.

    `has_raw` says whether packet sockets may be used. `tell` is given what went wrong.
    """

    names: frozenset[str]
    limits: Limits
    options: Mapping[str, str]
    now: Callable[[], datetime]
    tell: Callable[[ScanError], None]
    has_raw: bool = False
    find_credentials: FindCredentials = no_credentials
    _contexts: dict[str, ScanContext] = field(default_factory=dict)

    async def probe(self, found: Found, called: Sequence[str]) -> list[Fact]:
        """Ask one host, adding to its facts; returns those that are about other hosts.

        `called` are names that a person gave it.
        """
        others: list[Fact] = []
        asked = [each for each in registry.of_reach(Reach.HOST, self.names) if self._may(each)]
        await self._all(
            [
                (each, self._target(found, each.transport, _first_port(each), called))
                for each in asked
            ],
            found,
            others,
        )
        done: set[tuple[str, str, int]] = set()
        for _ in range(_MOST_ROUNDS):
            due = list(self._due(found, called, done))
            if not due:
                break
            await self._all(due, found, others)
        return others

    async def ask_segment(self, source: str) -> list[Fact]:
        """Ask the groups of the segment where `source` is our address."""
        facts: list[Fact] = []
        for probe in registry.of_reach(Reach.SEGMENT, self.names):
            context = self._context(probe, source)
            facts += await self._run(
                probe, Target("", _first_port(probe), probe.transport), context
            )
        return facts

    async def _all(
        self, due: Sequence[tuple[Probe, Target]], found: Found, others: list[Fact]
    ) -> None:
        """Run probes side by side; what holds them back are the limits of the host."""
        heard = await asyncio.gather(*(self._run(probe, target) for probe, target in due))
        for facts in heard:
            self._sort(found, facts, others)

    def _due(
        self, found: Found, called: Sequence[str], done: set[tuple[str, str, int]]
    ) -> Sequence[tuple[Probe, Target]]:
        due = []
        heard = found.protocols
        for transport, port in sorted(found.ports)[:_MOST_PORTS]:
            protocols = heard.get((transport, port), ())
            for probe in registry.for_port(port, transport, protocols=protocols, names=self.names):
                key = (probe.name, transport, port)
                if key in done or not self._may(probe):
                    continue
                done.add(key)
                due.append((probe, self._target(found, transport, port, called)))
        return due

    def _may(self, probe: Probe) -> bool:
        return Need.RAW not in probe.needs or self.has_raw

    def _target(self, found: Found, transport: str, port: int, called: Sequence[str]) -> Target:
        return Target(
            address=found.address,
            port=port,
            transport=transport,
            names=tuple(dict.fromkeys([*called, *found.names])),
            protocols=found.protocols.get((transport, port), ()),
        )

    async def _run(
        self, probe: Probe, target: Target, context: ScanContext | None = None
    ) -> list[Fact]:
        """Run one probe. Whatever a device answers, it costs at most this one probe."""
        if Need.CREDENTIAL in probe.needs and not self._context(probe).credentials(target):
            return []
        try:
            async with asyncio.timeout(_LONGEST_SECONDS):
                return await probe.run(context or self._context(probe), target)
        except (UnavailableError, TimeoutError):
            return []
        except DataError as error:
            self._tell(probe, target, error.message)
        except ConfigError:
            raise
        except Exception as error:  # noqa: BLE001 - a defect costs this probe, not the scan; logged
            _log.exception("probe failed unexpectedly", extra={"probe": probe.name})
            self._tell(probe, target, f"failed unexpectedly: {type(error).__name__}")
        return []

    def _tell(self, probe: Probe, target: Target, message: str) -> None:
        self.tell(
            ScanError(
                at=self.now(),
                message=message,
                address=target.address,
                probe=probe.name,
                port=target.port,
            )
        )

    def _context(self, probe: Probe, source: str = "") -> ScanContext:
        key = f"{probe.name} {source}"
        context = self._contexts.get(key)
        if context is None:
            context = self._contexts[key] = ScanContext(
                probe,
                self.limits,
                options=self.options,
                now=self.now,
                find_credentials=self.find_credentials,
                source=source,
            )
        return context

    def _sort(self, found: Found, facts: Sequence[Fact], others: list[Fact]) -> None:
        for fact in facts:
            if fact.address == found.address:
                found.facts.append(fact)
            else:
                others.append(fact)


def chosen(names: Sequence[str], *, fragile: bool) -> frozenset[str]:
    """Return the probes that are run; a fragile one only where a person asked for it.

    Raises ConfigError for a name that is none.
    """
    for name in names:
        registry.probe(name)
    return frozenset(
        each for each in names if fragile or registry.probe(each).safety is not Safety.FRAGILE
    )


def _first_port(probe: Probe) -> int:
    return probe.ports[0] if probe.ports else 0
