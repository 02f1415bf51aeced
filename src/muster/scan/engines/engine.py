"""An engine at work: one thread with one epoll loop, its replies handed over in lists."""

import asyncio
import contextlib
import select
import threading
import time
from collections.abc import AsyncGenerator, Callable, Iterator
from dataclasses import dataclass, field

from muster.scan.engines.host import Host
from muster.scan.engines.part import Part
from muster.scan.engines.reply import Asked, Asking, Reply
from muster.scan.engines.schedule import Schedule
from muster.scan.pace import Pace

_BATCH = 256
_LONGEST_WAIT_SECONDS = 0.05
_LEAST_WAIT_SECONDS = 0.003
"""Shorter waits cost more than they bring: what was saved up meanwhile goes out together."""


@dataclass(slots=True)
class Control:
    """What others may do to a running engine, and see of it. Any thread may."""

    stop: threading.Event = field(default_factory=threading.Event)
    pause: threading.Event = field(default_factory=threading.Event)
    sent: int = 0
    repeated: int = 0


class Ways:
    """How each thing is asked of each host; what an engine consists of."""

    parts: list[Part]

    def liveness(self, host: Host) -> tuple[int, ...]:
        """Return the codes by which a host is to show that it is there."""
        raise NotImplementedError

    def part(self, host: Host, code: int) -> Part:
        """Return the part that asks this of that host."""
        raise NotImplementedError


Build = Callable[[Schedule, Asking, select.epoll], Ways]


@dataclass(frozen=True, slots=True)
class Limits:
    """What an engine is called, and in a sentence each what it cannot see."""

    name: str
    unseen: tuple[str, ...] = ()


class Engine:
    """Asks targets within the pace. `limits` says what this engine is and cannot see."""

    def __init__(self, limits: Limits, build: Build, pace: Pace) -> None:
        """Nothing is opened before `probe`."""
        self.limits = limits
        self.control = Control()
        self._build = build
        self._pace = pace

    async def probe(
        self, targets: Iterator[Asked | None], asking: Asking
    ) -> AsyncGenerator[Reply, None]:
        """Yield what is heard, until every target is done or the engine is told to stop.

        A None among the targets means: none just now. They are read in the engine's thread.
        Raises ConfigError if this machine has too little left to go on.
        """
        loop = asyncio.get_running_loop()
        lists: asyncio.Queue[list[Reply] | BaseException | None] = asyncio.Queue()

        def hand_over(given: list[Reply] | BaseException | None) -> None:
            with contextlib.suppress(RuntimeError):  # the loop has ended: nobody listens
                loop.call_soon_threadsafe(lists.put_nowait, given)

        running = _Running(self, targets, asking, hand_over)
        thread = threading.Thread(target=running.work, name="scan engine", daemon=True)
        thread.start()
        try:
            while (given := await lists.get()) is not None:
                if isinstance(given, BaseException):
                    raise given
                for reply in given:
                    yield reply
        finally:
            self.control.stop.set()
            await asyncio.to_thread(thread.join)


class _Running:
    def __init__(
        self,
        engine: Engine,
        targets: Iterator[Asked | None],
        asking: Asking,
        hand_over: Callable[[list[Reply] | BaseException | None], None],
    ) -> None:
        self._engine = engine
        self._control = engine.control
        self._hand_over = hand_over
        self._asking = asking
        self._ways: Ways | None = None
        self._schedule = Schedule(targets, asking, engine._pace, liveness=self._liveness)  # noqa: SLF001

    def work(self) -> None:
        try:
            with select.epoll() as poller:
                self._ways = self._engine._build(self._schedule, self._asking, poller)  # noqa: SLF001
                try:
                    self._turn(poller)
                finally:
                    for part in self._ways.parts:
                        part.close()
        except BaseException as error:  # noqa: BLE001 - crosses the thread; judged by the reader
            self._hand_over(error)
        self._hand_over(None)

    def _liveness(self, host: Host) -> tuple[int, ...]:
        assert self._ways is not None
        return self._ways.liveness(host)

    def _turn(self, poller: select.epoll) -> None:
        assert self._ways is not None
        parts = self._ways.parts
        schedule, control = self._schedule, self._control
        while not (schedule.is_over or control.stop.is_set()):
            now = time.monotonic()
            due = [part.tick(now) for part in parts]
            if not control.pause.is_set():
                self._send(now)
            for sent in schedule.expire(now):
                self._ways.part(sent[2], sent[3]).expire(sent)
            wake_at = self._wake_at(now, due)
            self._tell()
            self._receive(poller, wake_at - now)
        self._tell()

    def _send(self, now: float) -> None:
        assert self._ways is not None
        ways, schedule = self._ways, self._schedule
        bounded = [part for part in ways.parts if type(part).has_room is not Part.has_room]
        for _ in range(_BATCH):
            if not all(part.has_room() for part in bounded):
                break
            sent = schedule.next(now, self._cost)
            if sent is None:
                break
            ways.part(sent[2], sent[3]).send(sent)
        for part in ways.parts:
            part.flush()

    def _cost(self, host: Host, code: int) -> tuple[int, int]:
        assert self._ways is not None
        return self._ways.part(host, code).cost(host, code)

    def _wake_at(self, now: float, due: list[float | None]) -> float:
        times = [now + _LONGEST_WAIT_SECONDS, max(self._schedule.wake_at, now)]
        times += [each for each in due if each is not None]
        if (expiry := self._schedule.next_expiry()) is not None:
            times.append(expiry)
        return min(times)

    def _receive(self, poller: select.epoll, seconds: float) -> None:
        assert self._ways is not None
        wait = max(_LEAST_WAIT_SECONDS, seconds) if seconds > 0 else 0.0
        events = poller.poll(wait, 1024)
        now = time.monotonic()
        for descriptor, mask in events:
            for part in self._ways.parts:
                if part.owns(descriptor):
                    part.handle(descriptor, mask, now)
                    break

    def _tell(self) -> None:
        self._control.sent = self._schedule.sent
        self._control.repeated = self._schedule.repeated
        if self._schedule.replies:
            replies, self._schedule.replies = self._schedule.replies, []
            self._hand_over(replies)
