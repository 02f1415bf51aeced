"""Syncs in processes of their own, forked from the test's, which die as they are told."""

import contextlib
import os
import signal
import time
import traceback

from muster.inventory.ingest import Ingestion
from muster.runner import apart
from tasks.killing.databases import elsewhere


def forked(work, *, after_seconds=None):
    """Do something in another process and return how that ended; 0 is well, -9 is killed."""
    child = begun(work)
    if after_seconds is not None:
        time.sleep(after_seconds)
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
    return ended(child)


def begun(work):
    """Begin something in another process, and return its number."""
    child = os.fork()
    if not child:
        _end(work)
    return child


def ended(child):
    """Wait for the end of a process and return how that was."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _end(work):
    code = 1
    try:
        work()
        code = 0
    except BaseException:  # noqa: BLE001 - said here, since the process ends in a way of its own
        traceback.print_exc()
    finally:
        os._exit(code)


def sync_in(database, unblock, run, *, dies=None, batches=0, collector=False):
    """Return what syncs in a database of its own and kills itself, if it is told to.

    `dies` is "within" the transaction of that many batches, or "after" it. `collector` is the
    process that collects, instead of the one that ingests; with no batches it dies as it starts.
    """

    def work():
        with elsewhere(database, unblock):
            if dies:
                _prepare(dies, batches, collector=collector)
            run()

    return work


def _prepare(dies, batches, *, collector):
    take, start = Ingestion.take, apart.CollectingApart.__init__
    left, victims = [batches], []

    def started(self, *given):
        start(self, *given)
        victims.append(self._process.pid)
        if collector:
            die()

    def die():
        if left[0] == 0:
            os.kill(victims[0] if collector else os.getpid(), signal.SIGKILL)

    def dying(self, records, *, along=lambda: None):
        left[0] -= 1

        def last():
            along()
            if dies == "within":
                die()

        take(self, records, along=last)
        die()

    apart.CollectingApart.__init__ = started
    Ingestion.take = dying
