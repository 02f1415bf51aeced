"""Doing one run that the engine hands out, whatever became of it before."""

import contextlib
import logging
import threading
import uuid
from dataclasses import dataclass, field
from datetime import datetime

from django.db import DatabaseError, IntegrityError, InterfaceError, connection, connections

from muster.accounts.roles import WORKER
from muster.core.errors import MusterError
from muster.core.source import SilentProgress
from muster.organizations.scope import scope
from muster.tasks import liveness
from muster.tasks.clock import Clock
from muster.tasks.connectors import CannotGoOnError, work_on
from muster.tasks.elsewhere import LOST
from muster.tasks.importing import IMPORT
from muster.tasks.liveness import TakenOverError
from muster.tasks.models import DOING, Recurrence, Run, Status, Trigger, Worker
from muster.tasks.queueing import GoingAlreadyError, queue, queue_again
from muster.tasks.uploads import work_on_upload
from muster.tasks.worker import rows
from muster.tasks.worker.heartbeats import is_doing

_log = logging.getLogger(__name__)
_LONGEST_WAIT_SECONDS = 10.0

MOST_EXPLORERS_LOST = 4
"""So often a run loses its Explorer before a person has to look: it may be what kills it."""


@dataclass(slots=True)
class Executor:
    """Does runs on behalf of a worker, each in the thread that brings it."""

    worker: Worker
    clock: Clock
    is_ending: threading.Event = field(default_factory=threading.Event)
    freed: threading.Event = field(default_factory=threading.Event)
    _stops: dict[uuid.UUID, threading.Event] = field(default_factory=dict)
    _expected: set[uuid.UUID] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def do(self, run_id: str) -> None:
        """Do a run, or go on with it, unless it is done, or somebody is at it.

        If the database goes away meanwhile, it goes on when the database is back.
        """
        uid = uuid.UUID(run_id)
        stop = self._begin(uid)
        try:
            if stop is None:
                self._pass_on(run_id)
            else:
                self._do_whatever_the_database_does(run_id, stop)
        except Exception:  # noqa: BLE001 - the last one who can say anything
            # The engine would keep what is raised, secrets in its text and all.
            _log.exception("run failed unexpectedly", extra={"run": run_id})
        finally:
            connections.close_all()
            if stop is not None:
                self._let_go(uid)

    def free(self) -> int:
        """Return how many more it can begin."""
        with self._lock:
            return 0 if self.is_ending.is_set() else self.worker.slots - self._taken()

    def expect(self, uid: uuid.UUID) -> None:
        """Keep a slot for a run that is about to be brought."""
        with self._lock:
            self._expected.add(uid)

    def stop(self, uids: set[uuid.UUID]) -> None:
        """Stop these runs, as far as they are done here."""
        with self._lock:
            for uid in uids & set(self._stops):
                self._stops[uid].set()

    def end(self) -> None:
        """Begin nothing more, and break off all that is going: it goes on elsewhere."""
        with self._lock:
            self.is_ending.set()
            for each in self._stops.values():
                each.set()

    def count(self) -> int:
        """Return how many are being done."""
        with self._lock:
            return len(self._stops)

    def _begin(self, uid: uuid.UUID) -> threading.Event | None:
        """Return what stops the run; None if it is going here, or there is no slot for it.

        What the engine takes over from a worker that is gone comes whether or not a slot is free.
        """
        with self._lock:
            self._expected.discard(uid)
            is_full = self._taken() >= self.worker.slots
            if uid in self._stops or self.is_ending.is_set() or is_full:
                return None
            return self._stops.setdefault(uid, threading.Event())

    def _let_go(self, uid: uuid.UUID) -> None:
        with self._lock:
            del self._stops[uid]
        self.freed.set()

    def _taken(self) -> int:
        return len(self._expected | self._stops.keys())

    def _pass_on(self, run_id: str) -> None:
        """Let a run wait again that cannot be begun here, unless somebody is at it."""
        run = rows.run_of(run_id)
        if run is None:
            return
        at = self.clock()
        if run.status == Status.QUEUED:
            rows.give_back(run)
        elif run.status in DOING and run.worker and not is_doing(run, at=at):
            _queue_lost(run, at=at)

    def _do_whatever_the_database_does(self, run_id: str, stop: threading.Event) -> None:
        was_here = False
        while True:
            try:
                self._do(run_id, stop, was_here=was_here)
            except (DatabaseError, InterfaceError) as error:
                _log.warning("run interrupted by the database", extra={"error": str(error)})
                if not self._wait_for_database():
                    return
                # If its row says how it ended, that holds; else it was broken off here.
                was_here = True
            else:
                return

    def _wait_for_database(self) -> bool:
        """Return True when it answers, False if this worker ends first."""
        seconds = 0.5
        while not self.is_ending.wait(seconds):
            connections.close_all()
            try:
                with connection.cursor() as cursor:
                    cursor.execute("SELECT 1")
            except (DatabaseError, InterfaceError):
                seconds = min(seconds * 2, _LONGEST_WAIT_SECONDS)
            else:
                return True
        return False

    def _do(self, run_id: str, stop: threading.Event, *, was_here: bool) -> None:
        run = rows.run_of(run_id)
        if run is None:
            return
        was_begun = liveness.was_begun(run)
        if not self._take(run, was_here=was_here, at=self.clock()):
            return
        try:
            _work_on(run, was_begun=was_begun, stop=stop, clock=self.clock)
        except CannotGoOnError:
            _begin_anew(run, at=self.clock())
        except TakenOverError as error:
            _log.warning("run taken over", extra={"run": run_id, "error": error.message})
        except MusterError as error:
            _log.warning("run failed", extra={"run": run_id, "error": error.message})
        if self.is_ending.is_set():
            _put_back(run, at=self.clock())
        else:
            _wait_for_explorer(run, at=self.clock())

    def _take(self, run: Run, *, was_here: bool, at: datetime) -> bool:
        """Make a run this process's, if it is to be done and nobody is at it."""
        if run.status == Status.QUEUED:
            return liveness.claim(run, worker=self.worker.name, at=at)
        if run.status in DOING:
            if not run.worker or (is_doing(run, at=at) and not was_here):
                return False
            if not liveness.lose(run, at=at):
                return False
            run.refresh_from_db()
        if not _is_broken_off(run):
            return False
        try:
            return liveness.take_over(run, at=at, worker=self.worker.name)
        except IntegrityError:
            return False  # Its task has begun anew meanwhile.


def _work_on(run: Run, *, was_begun: bool, stop: threading.Event, clock: Clock) -> None:
    within, silent = scope(WORKER, run.organization), SilentProgress()
    if run.task.source == IMPORT:
        work_on_upload(within, run, watcher=silent, stop=stop, clock=clock)
    else:
        work_on(within, run, was_begun=was_begun, watcher=silent, stop=stop, clock=clock)


def _is_broken_off(run: Run) -> bool:
    """True if a run ended otherwise than by itself or by a person."""
    if run.stop_asked_at is not None or not run.worker:
        return False
    return run.is_lost or run.status == Status.STOPPED


def _queue_lost(run: Run, *, at: datetime) -> None:
    """Let a run wait again whose worker is gone, unless a person has stopped it."""
    if not liveness.lose(run, at=at):
        return
    run.refresh_from_db()
    if _is_broken_off(run):
        queue_again(run, at=at)


def _begin_anew(run: Run, *, at: datetime) -> None:
    """Queue another run in the place of one that cannot go on."""
    try:
        new = queue(run.task, Trigger(run.trigger), at=at, due_at=run.due_at)
    except GoingAlreadyError:
        return
    # So that one whose Explorer is lost again and again comes to an end.
    Run.objects.filter(organization=run.organization_id, pk=new.pk).update(attempt=run.attempt)
    recurrences = Recurrence.objects.filter(organization=run.organization_id, run=run)
    recurrences.update(run=new)


def _wait_for_explorer(run: Run, *, at: datetime) -> None:
    """Let a run that lost its Explorer wait for that one, or another of its group."""
    run.refresh_from_db()
    is_lost = run.status == Status.ERROR and run.code == LOST
    if not is_lost or run.attempt >= MOST_EXPLORERS_LOST:
        return
    with contextlib.suppress(GoingAlreadyError):
        queue_again(run, at=at)


def _put_back(run: Run, *, at: datetime) -> None:
    """Let another worker go on with a run that this one broke off because it ends."""
    run.refresh_from_db()
    if run.status == Status.STOPPED and _is_broken_off(run):
        queue_again(run, at=at)
