"""Statements that nothing in their batch reads, run beside the thinking that goes on meanwhile.

SQLite works without Python's lock, so that a second thread writes the rows of attributes while
the first one compares and correlates: a first sync takes a quarter less time. Both use the one
connection and are in one transaction. PostgreSQL's driver has one conversation at a time; there
everything runs at once, where it is said. See docs/decisions/0015-writing-beside-thinking.md.
"""

import sqlite3
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager

from django.db import connection

Work = Callable[[sqlite3.Connection], None]

# A thread that comes back from SQLite waits so long for Python's lock; by default ten times.
_SWITCH_SECONDS = 0.0005


class Beside:
    """Runs work in order on SQLite's own connection: in a batch, in a thread; else at once."""

    def __init__(self) -> None:
        """Start nothing before there is work."""
        self._pool: ThreadPoolExecutor | None = None
        self._futures: list[Future[None]] = []
        self._is_in_batch = False

    def run(self, work: Work) -> None:
        """Do some work, or begin to."""
        connection.ensure_connection()
        assert isinstance(connection.connection, sqlite3.Connection)
        if not self._is_in_batch:
            with connection.wrap_database_errors:
                work(connection.connection)
            return
        if self._pool is None:
            self._pool = ThreadPoolExecutor(1, thread_name_prefix="write")
        self._futures.append(self._pool.submit(work, connection.connection))

    def settle(self) -> None:
        """Wait for everything; raise what the first work that failed raised, and drop the rest."""
        futures, self._futures = self._futures, []
        try:
            with connection.wrap_database_errors:
                for each in futures:
                    each.result()
        finally:
            _drop(futures)

    @contextmanager
    def batch(self) -> Iterator[None]:
        """Hold a batch together: when this ends, everything is written, or nothing still runs."""
        usual = sys.getswitchinterval()
        sys.setswitchinterval(_SWITCH_SECONDS)
        self._is_in_batch = True
        try:
            yield
            self.settle()
        finally:
            _drop(self._futures)
            self._futures = []
            self._is_in_batch = False
            sys.setswitchinterval(usual)


def _drop(futures: Sequence[Future[None]]) -> None:
    for each in futures:
        each.cancel()
    wait(futures)
