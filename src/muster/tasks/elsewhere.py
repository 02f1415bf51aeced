"""Collecting on an Explorer: a plan goes there, and its lines come back as from a process here."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from muster.core.errors import ConfigError, DataError, MusterError
from muster.core.records import AnyRecord, Record
from muster.core.source import Context, Progress
from muster.explorer import chunks
from muster.explorers import assignments
from muster.explorers.models import Assignment, Explorer
from muster.explorers.sessions import SILENCE
from muster.runner import Begin, wire
from muster.runner.apart import BYTES_TOGETHER
from muster.runner.collecting import nothing
from muster.runner.process import order_of
from muster.tasks.checking import check_form
from muster.tasks.clock import Clock
from muster.tasks.models import Run

LOST = "explorer-lost"
REVOKED = "explorer-revoked"
_LOOK_UP_SECONDS = 0.3


def on_explorer(run: Run, explorer: Explorer, *, clock: Clock) -> Begin:
    """Return what begins the steps of a run on an Explorer."""

    def begin(source: str, context: Context) -> "CollectingElsewhere":
        order = order_of(source, context)
        assignment = assignments.assign(run.organization, explorer, run.uid, order, at=clock())
        context.progress.log("info", "the plan waits for its Explorer", explorer=explorer.name)
        return CollectingElsewhere(assignment, source, context.progress, clock)

    return begin


@dataclass(slots=True)
class CollectingElsewhere:
    """One step on an Explorer. `error` is how it ended: None while it runs, or if all went well.

    It `has_ended` once the Explorer said so, although records may be left to hand over.
    """

    assignment: Assignment
    source: str
    progress: Progress
    clock: Clock
    error: Exception | None = None
    has_ended: threading.Event = field(default_factory=threading.Event)
    _is_claimed: bool = False
    _records: list[AnyRecord] = field(default_factory=list)
    _end: wire.Ended | None = None

    def lists(
        self, stop: threading.Event, *, idle: Callable[[], None] = nothing
    ) -> Iterator[list[AnyRecord]]:
        """Yield lists of records, in order; ends soon after `stop` is set.

        `idle` is called now and then while there is none. A chunk is forgotten once what was in it
        has been taken.
        """
        try:
            while self._end is None and not stop.is_set():
                number = self._gathered()
                if number is None:
                    if (trouble := self._trouble()) is not None:
                        self.error = trouble
                        return
                    idle()
                    stop.wait(_LOOK_UP_SECONDS)
                    continue
                if self._records:
                    records, self._records = self._records, []
                    yield records
                assignments.forget_chunks(self.assignment, number)
        except DataError as error:
            self.error = ConfigError(error.message, hint=error.hint, code=error.code)
            return
        if self._end is not None:
            self.error = wire.failure_of(self._end)

    def close(self) -> None:
        """Let the Explorer stop, if it has not ended."""
        assignments.close(self.assignment, at=self.clock(), why=assignments.NOT_WANTED)

    def _gathered(self) -> int | None:
        """Read the chunks that wait, up to a size, and return the number of the last one read."""
        last, size = None, 0
        for chunk in assignments.waiting_chunks(self.assignment):
            lines = chunks.unpack(bytes(chunk.packed))
            for each in assignments.read(lines):
                self._take(each)
            last, size = chunk.number, size + len(lines)
            if size >= BYTES_TOGETHER or self._end is not None:
                break
        return last

    def _take(self, line: wire.Line) -> None:
        if isinstance(line, wire.Ended):
            self._end = line
            self.has_ended.set()
        elif isinstance(line, Record):
            self._check(line)
            self._records.append(line)
        elif isinstance(line, wire.Message):
            wire.tell(self.progress, line)

    def _check(self, record: AnyRecord) -> None:
        if record.source != self.source:
            raise DataError(
                f"the Explorer tells of the source '{record.source[:60]}' and was asked for "
                f"'{self.source}'",
                hint="Update the older of server and Explorer.",
                code="malformed-chunk",
            )
        check_form(record, where="a record of the Explorer")

    def _trouble(self) -> MusterError | None:
        """Return why nothing more will come, where that is so."""
        now = assignments.looked_at_again(self.assignment)
        explorer = now.explorer
        if explorer.revoked_at is not None:
            return ConfigError(
                f"the Explorer {explorer.name} was revoked",
                hint="Choose another one for the task, or run it on this server.",
                code=REVOKED,
            )
        if now.refused:
            return ConfigError(
                f"the Explorer {explorer.name} sent what cannot be read: {now.refused}",
                hint="Update the older of server and Explorer.",
                code="malformed-chunk",
            )
        if (why := self._lost(now)) and not now.is_ended:
            return wire.LostProcessError(
                f"the Explorer {explorer.name} is gone: {why}",
                hint="The run goes on from its last whole page when the Explorer is back.",
                code=LOST,
            )
        if now.session and not self._is_claimed:
            self._is_claimed = True
            self.progress.log("info", "the Explorer has begun", explorer=explorer.name)
        return None

    def _lost(self, now: Assignment) -> str:
        if now.closed_at is not None:
            return now.why or "its work was ended from elsewhere"
        if now.session and now.session != now.explorer.session:
            return "the process that was at it has ended"
        silent = self.clock() - now.explorer.last_seen
        if silent > SILENCE:
            return f"not a word for {round(silent.total_seconds())} seconds"
        return ""
