"""A worker's life: it turns until it is told to end, and hands on what it has not done."""

import contextlib
import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import DatabaseError, InterfaceError, connection, connections

from muster.core.errors import ConfigError, MusterError
from muster.explorers import watching
from muster.explorers.sessions import SILENCE
from muster.notices.upkeep import tend
from muster.tasks import engine
from muster.tasks.clock import Clock
from muster.tasks.models import Worker
from muster.tasks.worker import heartbeats, placing, recovery, rows, scheduling
from muster.tasks.worker.dispatching import dispatch
from muster.tasks.worker.executing import Executor

TURN_SECONDS = 0.5
ENDING_SECONDS = 25.0
"""Less than the 30 s that Kubernetes gives a process between SIGTERM and SIGKILL."""
_LAST_WORDS_SECONDS = 3.0
_NOTICES = timedelta(seconds=20)
_CLEANING = timedelta(hours=1)
_KEPT = timedelta(days=7)

_log = logging.getLogger(__name__)

Tell = Callable[[str], None]


@dataclass(slots=True)
class Loop:
    """One worker. `limits` are how many runs may share a lane of each kind."""

    worker: Worker
    clock: Clock
    limits: Mapping[str, int]
    executor: Executor
    failure: ConfigError | None = None
    _done_at: dict[str, datetime] = field(default_factory=dict)

    def turn(self) -> None:
        """Do what is to be done now. Cheap where nothing is."""
        at = self.clock()
        if self.failure is not None:
            raise self.failure
        if self._is_time("recover", heartbeats.BEAT, at):
            recovery.recover(at)
        if self._is_time("explorers", heartbeats.BEAT, at):
            placing.give_up(at)
            watching.tend(at=at, silence=SILENCE)
        scheduling.fire(at)
        dispatch(at, limits=self.limits, executor=self.executor)
        if self._is_time("clean", _CLEANING, at):
            engine.forget_old(before=(at - _KEPT).isoformat())

    def end(self) -> bool:
        """Break off what is going, so that it goes on elsewhere; False if some did not end."""
        heartbeats.say_ending(self.worker, at=self.clock())
        self.executor.end()
        waited = threading.Event()
        for _ in range(int(ENDING_SECONDS / TURN_SECONDS)):
            if not self.executor.count():
                return True
            waited.wait(TURN_SECONDS)
        return False

    def beat(self) -> None:
        """Say that it lives; one whose name was taken for dead gets it back, if nobody else has."""
        at = self.clock()
        try:
            if not heartbeats.beat(self.worker, at=at):
                again = heartbeats.register(self.worker.name, slots=self.worker.slots, at=at)
                self.worker.pk = again.pk
        except ConfigError as error:
            self.failure = error

    def look_for_stops(self) -> None:
        """Stop the runs that somebody wants stopped. Beside the turns: those may have to wait."""
        self.executor.stop(rows.asked_to_stop(self.worker.name))

    def _is_time(self, what: str, every: timedelta, at: datetime) -> bool:
        last = self._done_at.get(what)
        if last is not None and timedelta() <= at - last < every:
            return False
        self._done_at[what] = at
        return True


def serve(
    *,
    name: str,
    slots: int,
    limits: Mapping[str, int],
    clock: Clock,
    until: threading.Event,
    tell: Tell,
) -> None:
    """Run tasks in this process until `until` is set.

    Raises ConfigError if a living worker has the name, or takes it meanwhile.
    """
    worker = heartbeats.register(name, slots=slots, at=clock())
    executor = Executor(worker, clock)
    loop = Loop(worker, clock, limits, executor)
    place = engine.place_of(connection.get_connection_params(), vendor=connection.vendor)
    with engine.running(place, executor=worker.name, slots=slots, work=executor.do):
        tell(f"The worker {worker.name} takes {slots} runs at once.")
        notices = _beside("notices", lambda: tend(clock=clock), every=_NOTICES)
        stops = _beside("stops", loop.look_for_stops, every=timedelta(seconds=TURN_SECONDS))
        with notices, stops, _beside("heartbeat", loop.beat, every=heartbeats.BEAT):
            _turn_until(loop, until)
            tell("Ending: runs that are going are handed back ...")
            has_ended = _in_peace(loop.end)
    # Otherwise its name stays, so that whoever sees it silent takes over what it left.
    if has_ended:
        _in_peace(lambda: heartbeats.leave(worker))


@contextlib.contextmanager
def _beside(name: str, work: Callable[[], object], *, every: timedelta) -> Iterator[None]:
    """Do something now and then in a thread of its own: a turn may be long where much is due."""
    ended = threading.Event()

    def again_and_again() -> None:
        while not ended.wait(every.total_seconds()):
            _in_peace(work)
        connections.close_all()

    thread = threading.Thread(target=again_and_again, name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join(_LAST_WORDS_SECONDS)


def _turn_until(loop: Loop, until: threading.Event) -> None:
    """Turn every half second, and at once when a slot is free again; end at once, too."""
    freed = loop.executor.freed

    def look_at_once() -> None:
        until.wait()
        freed.set()

    threading.Thread(target=look_at_once, name="end", daemon=True).start()
    while not until.is_set():
        freed.wait(TURN_SECONDS)
        freed.clear()
        if not until.is_set():
            _in_peace(loop.turn)


def _in_peace(work: Callable[[], object]) -> bool:
    """Do something although the database may be away: then it is done the next time."""
    try:
        return bool(work())
    except ConfigError:
        raise
    except (DatabaseError, InterfaceError, MusterError) as error:
        _log.warning("worker waits for the database", extra={"error": str(error)})
        connections.close_all()
        return False
