"""One scan from its plan to its end: engine, probes, records, progress."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from muster import __version__
from muster.core.errors import MusterError
from muster.core.probe import Need
from muster.core.records import AssetRecord, Collection, CollectionReport
from muster.core.scanfile import (
    SCHEMA,
    ScanEnd,
    ScanError,
    ScanHeader,
    ScanProgress,
    ScanStatus,
)
from muster.scan.asking.context import FindCredentials, no_credentials
from muster.scan.asking.limits import Limits
from muster.scan.engines.choosing import choose
from muster.scan.engines.engine import Engine
from muster.scan.engines.raw.engine import NAME as RAW
from muster.scan.engines.raw.segments import attached
from muster.scan.engines.reply import Asked, Reply, State
from muster.scan.found import Found
from muster.scan.hosts import Conclude, Hosts, Write, conclude_nothing
from muster.scan.mapping import SOURCE
from muster.scan.order import Permutation
from muster.scan.pace import Pace
from muster.scan.plan import ScanPlan, header_options
from muster.scan.ports import default_ports, port_text
from muster.scan.progress import Speed, Watermark, remaining_seconds
from muster.scan.reasons import Ending, ending
from muster.scan.suspicion import Suspicion, answers_every_port

if TYPE_CHECKING:
    from muster.scan.probing import Prober

_MOST_PROBED = 256
"""So many hosts are probed at a time; the engine waits before it finds more."""
_PROGRESS_SECONDS = 1.0


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Watch:
    """What a face is told while a scan runs; called in the scan's thread."""

    progress: Callable[[ScanProgress], None] = lambda _told: None
    host: Callable[[AssetRecord, Found], None] = lambda _record, _found: None
    error: Callable[[ScanError], None] = lambda _told: None


class Scan:
    """One scan. `stop` may be called at any time; `pause` and `resume` too.

    Everything goes to `write`, in order, as `core.scanfile` explains.
    """

    def __init__(
        self,
        plan: ScanPlan,
        write: Write,
        *,
        watch: Watch | None = None,
        conclude: Conclude = conclude_nothing,
        find_credentials: FindCredentials = no_credentials,
        now: Callable[[], datetime] = _utc_now,
    ) -> None:
        """Choose the engine. Raises ConfigError if the one demanded is not allowed."""
        self.plan = plan
        self._write = write
        self._watch = watch or Watch()
        self._now = now
        self._pace = Pace(rate=plan.rate, host_rate=plan.host_rate)
        self.engine: Engine = choose(plan.engine, self._pace)
        limits = Limits(
            self._pace,
            plan.scope,
            nameservers=plan.nameservers,
            connections=plan.asking.host_connections,
        )
        self._prober = self._made_prober(limits, find_credentials) if plan.probes else None
        self._hosts = Hosts(plan, self.engine.limits.name, write, now, conclude)
        self._suspicion = Suspicion()
        self._mark = Watermark(plan.position)
        self._speed = Speed()
        self._found: dict[int, Found] = {}
        self._probing: set[asyncio.Task[None]] = set()
        self._order = Permutation(len(plan.scope), plan.seed)
        self._stopped = ""
        self._failure: BaseException | None = None
        self._segments: asyncio.Task[None] | None = None
        self._started = 0.0

    def stop(self, why: str = "it was stopped before it ended") -> None:
        """End within moments. What was found is written, and the scan can be resumed."""
        self._stopped = self._stopped or why
        self.engine.control.stop.set()

    def pause(self) -> None:
        """Send nothing more until `resume`."""
        self.engine.control.pause.set()

    def resume(self) -> None:
        """Go on."""
        self.engine.control.pause.clear()

    async def run(self) -> ScanEnd:
        """Scan, and return how it ended; what it needs to say is in that, nothing is raised.

        What cannot be written (a full disk) rises.
        """
        self._started = time.monotonic()
        if self.plan.position == 0:
            self._write(self.header())
        with self._limited():
            reporting = asyncio.create_task(self._report_each_second())
            try:
                await self._scan()
            except MusterError as error:
                self._failure = error
            finally:
                segments = [self._segments] if self._segments else []
                await _cancelled([reporting, *self._probing, *segments])
        return self._end()

    def header(self) -> ScanHeader:
        """Return what the file begins with."""
        plan = self.plan
        return ScanHeader(
            schema=SCHEMA,
            scan_id=plan.scan_id,
            program=f"muster {__version__}",
            explorer=plan.explorer,
            engine=self.engine.limits.name,
            unseen=self.engine.limits.unseen,
            started_at=self._now(),
            scope=plan.scope.texts(),
            names=plan.scope.names,
            seed=plan.seed,
            ports=port_text(plan.asking.ports),
            probes=plan.probes,
            options=header_options(plan),
        )

    def _made_prober(self, limits: Limits, find_credentials: FindCredentials) -> "Prober":
        from muster.scan.probing import Prober  # heavy, and nothing for a port scan alone

        return Prober(
            frozenset(self.plan.probes),
            limits,
            self.plan.options,
            self._now,
            self._tell_error,
            has_raw=self.engine.limits.name == RAW,
            find_credentials=find_credentials,
        )

    async def _scan(self) -> None:
        self._segments = asyncio.create_task(self._ask_segments())
        async with contextlib.aclosing(
            self.engine.probe(self._targets(), self.plan.asking)
        ) as replies:
            async for reply in replies:
                self._take(reply)
        if not self._stopped:
            await self._all_probed()
        if self._failure:
            raise self._failure
        if not self._stopped:
            await self._segments
            for found in self._hosts.late():
                self._finish(found)

    def _targets(self) -> Iterator[Asked | None]:
        """Yield addresses in their order, and None while enough hosts are being probed."""
        position = self.plan.position
        for number in self._order.numbers(position):
            while len(self._probing) >= _MOST_PROBED:
                yield None
            yield Asked(position, self.plan.scope.text_at(number))
            position += 1

    def _take(self, reply: Reply) -> None:
        if reply.state is State.ALIVE:
            self._found[reply.number] = Found(
                reply.number, reply.address, reply.how, rtt_seconds=reply.rtt_seconds
            )
            self._hosts.claim(reply.address, reply.mac)
        found = self._found.get(reply.number)
        if found is not None:
            found.add(reply)
        if reply.state is State.DONE:
            self._found.pop(reply.number, None)
            self._suspicion.note(reply.address, found)
            if found is None:
                self._mark.reach(reply.number)
            else:
                self._examine(found, reply.refused)

    def _examine(self, found: Found, refused: int) -> None:
        found.refused = refused
        asked = sum(ask.transport == "tcp" for ask in self.plan.asking.ports)
        found.is_proxied = answers_every_port(found, asked)
        if found.is_proxied:
            self._tell_error(
                ScanError(
                    at=self._now(),
                    address=found.address,
                    message="it accepts connections on nearly every port: a firewall or proxy "
                    "answers for it, so its open ports are left out",
                )
            )
        if self._prober is not None and not found.is_proxied:
            task = asyncio.create_task(self._probe(self._prober, found))
            self._probing.add(task)
            task.add_done_callback(self._probed)
        else:
            self._finish(found)

    async def _probe(self, prober: "Prober", found: Found) -> None:
        name = self.plan.scope.names.get(found.address)
        self._hosts.tell(await prober.probe(found, [name] if name else []))
        if self._segments is not None:
            # What it says in the group of its segment belongs to it.
            await asyncio.shield(self._segments)
        self._finish(found)

    def _probed(self, task: asyncio.Task[None]) -> None:
        self._probing.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._failure = error
            self.engine.control.stop.set()

    def _finish(self, found: Found) -> None:
        record = self._hosts.finish(found)
        if found.number >= 0:
            self._mark.reach(found.number)
        self._watch.host(record, found)

    async def _ask_segments(self) -> None:
        """Ask the groups of the segments that the scope has addresses in."""
        if self._prober is None:
            return
        from muster.probes import registry

        if Need.MULTICAST in registry.needs(self.plan.probes):
            for source in attached(self.plan.scope):
                self._hosts.tell(await self._prober.ask_segment(source))

    async def _all_probed(self) -> None:
        while self._probing and not self._failure and not self._stopped:
            await asyncio.wait(self._probing, timeout=0.1)

    @contextlib.contextmanager
    def _limited(self) -> Iterator[None]:
        """Stop when the time is up."""
        if self.plan.time_limit is None:
            yield
            return
        seconds = max(0.0, (self.plan.time_limit - self.plan.spent).total_seconds())
        handle = asyncio.get_running_loop().call_later(
            seconds, self.stop, f"its time limit of {self.plan.time_limit} was reached"
        )
        try:
            yield
        finally:
            handle.cancel()

    async def _report_each_second(self) -> None:
        while True:
            await asyncio.sleep(_PROGRESS_SECONDS)
            self._report()

    def _report(self) -> None:
        now = time.monotonic()
        told = self._progress(now)
        self._write(told)
        self._watch.progress(told)

    def _progress(self, now: float) -> ScanProgress:
        done = self.plan.position + self._mark.done
        total = len(self.plan.scope)
        return ScanProgress(
            at=self._now(),
            position=self._mark.position,
            done=done,
            total=total,
            alive=self._hosts.alive,
            services=self._hosts.services,
            packets=self.engine.control.sent,
            packets_per_second=round(self._speed.note(now, self.engine.control.sent), 1),
            seconds=round(self._seconds(now), 1),
            remaining_seconds=remaining_seconds(
                done=self._mark.done, left=total - done, seconds=now - self._started
            ),
        )

    def _seconds(self, now: float) -> float:
        return self.plan.spent.total_seconds() + now - self._started

    def _tell_error(self, error: ScanError) -> None:
        self._write(error)
        self._watch.error(error)

    def _end(self) -> ScanEnd:
        for network in self._suspicion.networks():
            self._tell_error(
                ScanError(
                    at=self._now(),
                    address=network.partition("/")[0],
                    message=f"every address of {network} answers alike: one machine (a firewall, a "
                    "proxy or a router) seems to answer for all of them",
                )
            )
        self._report()
        end = self._ended()
        for report in self._reports(end):
            self._write(report)
        last = self._last(end)
        self._write(last)
        return last

    def _ended(self) -> Ending:
        return ending(
            failure=self._failure if isinstance(self._failure, MusterError) else None,
            stopped=self._stopped,
            alive=self._hosts.alive,
            addresses=len(self.plan.scope),
            limits=self.engine.limits,
            skips_liveness=self.plan.asking.skips_liveness,
        )

    def _last(self, end: Ending) -> ScanEnd:
        return ScanEnd(
            at=self._now(),
            status=end.status,
            addresses=self.plan.position + self._mark.done,
            alive=self._hosts.alive,
            services=self._hosts.services,
            packets=self.engine.control.sent,
            seconds=round(self._seconds(time.monotonic()), 1),
            reason=end.reason,
            hint=end.hint,
        )

    def _reports(self, end: Ending) -> Sequence[CollectionReport]:
        """Say what the scan speaks for: its scope, and services only if it asked for the usual."""
        is_whole = end.status is ScanStatus.COMPLETE
        usual = set(default_ports(udp=False, fragile=False))
        kinds = [Collection.ASSETS]
        if usual <= set(self.plan.asking.ports):
            kinds.append(Collection.SERVICES)
        counts = {
            Collection.ASSETS: len(self._hosts.assets),
            Collection.SERVICES: self._hosts.services,
        }
        return [
            CollectionReport(
                source=SOURCE,
                collection=each,
                complete=is_whole,
                scope=self.plan.scope.texts(),
                records=counts[each],
                error="" if is_whole else end.reason,
                hint="" if is_whole else end.hint,
            )
            for each in kinds
        ]


async def _cancelled(tasks: Sequence[asyncio.Task[None]]) -> None:
    for each in tasks:
        each.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
