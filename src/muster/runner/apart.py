"""One source collecting in a process of its own, its records read here in bounded lists.

Collecting and ingesting are both bound by the processor, and one Python process has one. Apart,
they run side by side, and what collecting needs of memory is given back when it ends.
"""

import queue
import threading
from collections.abc import Callable, Iterator
from typing import IO

from muster.core.records import AnyRecord
from muster.core.source import Context, Progress
from muster.runner import process, wire
from muster.runner.collecting import nothing

BYTES_TOGETHER = 12_000_000
"""Lists that come while an earlier one is ingested are put together up to this (some 5,000 devices
or 90,000 memberships): the longer the transaction, the less often the pages of its indexes are
written."""
_LISTS_WAITING = 1
_LOOK_UP_SECONDS = 0.1


class CollectingApart:
    """A running collection. `error` is how it ended: None while running, or if all went well.

    It `has_ended` when nothing more is asked for, although lists may be left to read.
    """

    def __init__(self, source: str, context: Context) -> None:
        """Start at once; `close` must follow."""
        self._lists: queue.Queue[list[AnyRecord] | None] = queue.Queue(_LISTS_WAITING)
        self._is_closing = threading.Event()
        self.has_ended = threading.Event()
        self.error: Exception | None = None
        self._process = process.started(process.order_of(source, context))
        self._thread = threading.Thread(
            target=self._read,
            args=(process.lines_of(self._process), context.progress),
            name=f"read {source}",
            daemon=True,
        )
        self._thread.start()

    def lists(
        self, stop: threading.Event, *, idle: Callable[[], None] = nothing
    ) -> Iterator[list[AnyRecord]]:
        """Yield lists of records, in order; ends soon after `stop` is set.

        `idle` is called now and then while there is none.
        """
        while not stop.is_set():
            try:
                records = self._lists.get(timeout=_LOOK_UP_SECONDS)
            except queue.Empty:
                idle()
                continue
            if records is None:
                return
            yield records

    def close(self) -> None:
        """Stop it if it runs, and wait until it has."""
        self._is_closing.set()
        process.end(self._process)
        self._thread.join()

    def _read(self, stdout: IO[bytes], progress: Progress) -> None:
        """Take the lines apart until there are no more; runs in a thread of its own."""
        ended: wire.Ended | None = None
        records: list[AnyRecord] = []
        size = 0
        with stdout:
            for lines in wire.whole_lines(stdout):
                size += len(lines)
                for line in wire.decode(lines):
                    if isinstance(line, wire.Ended):
                        ended = line
                    elif isinstance(line, wire.ListEnd):
                        if self._lists.empty() or size >= BYTES_TOGETHER:
                            self._put(records)
                            records, size = [], 0
                    elif isinstance(line, wire.Message):
                        wire.tell(progress, line)
                    else:
                        records.append(line)
        self.error = wire.failure_of(ended) if ended else process.how_it_was_lost(self._process)
        self.has_ended.set()
        if records:
            self._put(records)
        self._put(None)

    def _put(self, records: list[AnyRecord] | None) -> None:
        while not self._is_closing.is_set():
            try:
                self._lists.put(records, timeout=_LOOK_UP_SECONDS)
            except queue.Full:
                continue
            return
