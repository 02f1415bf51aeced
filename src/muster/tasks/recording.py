"""What a run says while it works: passed on to whoever watches, and kept without secrets."""

import threading
from collections.abc import Collection as Values
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from muster.core.records import AnyRecord, Collection
from muster.core.redact import redact
from muster.core.source import Progress
from muster.tasks import progress
from muster.tasks.clock import Clock
from muster.tasks.liveness import say_alive
from muster.tasks.models import Run, RunLog

MOST_LINES = 10_000
HEARTBEAT = timedelta(seconds=2)
"""So often it says how far it is, for people who watch."""
_LONGEST_EVENT = 300
_LONGEST_TEXT = 2_000


class Recorder:
    """The progress of one run. Any thread may tell it; only `flush` touches the database."""

    def __init__(
        self, run: Run, *, watcher: Progress, clock: Clock, secrets: Values[str] = ()
    ) -> None:
        """Pass everything on to `watcher`; `secrets` are taken out of what is kept."""
        self._run = run
        self._watcher = watcher
        self._clock = clock
        self._secrets = [each for each in secrets if each]
        self._lock = threading.Lock()
        self._lines: list[RunLog] = []
        self._kept = 0
        self._progress = progress.Progress.of(run.progress)
        self.counts: dict[str, int] = {}

    def hide(self, secrets: Values[str]) -> None:
        """Take these out of what is kept from now on, too."""
        self._secrets += [each for each in secrets if each]

    def advance(self, collection: Collection, done: int, total: int | None = None) -> None:
        """Keep how far it is, and pass it on."""
        with self._lock:
            self._progress.acquire(collection, done, total)
        self._watcher.advance(collection, done, total)

    def process(self, records: Iterable[AnyRecord]) -> None:
        """Keep that these were stored."""
        with self._lock:
            self._progress.process(records)

    def log(self, level: str, event: str, **fields: object) -> None:
        """Keep a line, and pass it on without secrets."""
        clean = {name: self._clean(value) for name, value in fields.items()}
        event = storable(event, self._secrets)[:_LONGEST_EVENT]
        with self._lock:
            if self._kept < MOST_LINES:
                self._kept += 1
                self._lines.append(self._line(level, event, clean))
        self._watcher.log(level, event, **clean)

    def count(self, name: str, amount: int = 1) -> None:
        """Add to a statistic of the run."""
        with self._lock:
            self.counts[name] = self.counts.get(name, 0) + amount
        self._watcher.count(name, amount)

    def progress(self, *, at: datetime) -> dict[str, Any]:
        """Return how far it is, as JSON values."""
        with self._lock:
            return self._progress.document(at)

    def flush(self) -> None:
        """Write the lines that came since the last time, that the run is alive, and how far."""
        at = self._clock()
        with self._lock:
            lines, self._lines = self._lines, []
        self._run.progress = self.progress(at=at)
        RunLog.objects.bulk_create(lines)
        say_alive(self._run, at=at)

    def flush_now_and_then(self) -> None:
        """Flush if the last time is a while ago: cheap to call at any time."""
        if self._clock() - self._run.heartbeat_at >= HEARTBEAT:
            self.flush()

    def _line(self, level: str, event: str, fields: dict[str, Any]) -> RunLog:
        return RunLog(run=self._run, at=self._clock(), level=level[:10], event=event, fields=fields)

    def _clean(self, value: object) -> Any:
        if value is None or isinstance(value, bool | int | float):
            return value
        return storable(str(value), self._secrets)[:_LONGEST_TEXT]


def storable(text: str, secrets: Values[str]) -> str:
    """Return a text without secrets, and without what PostgreSQL does not take."""
    clean = redact(text, secrets).replace("\0", "")
    return clean.encode("utf-8", "replace").decode("utf-8")
