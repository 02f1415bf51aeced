"""The collecting process: `python -m muster.runner.child`, an order on stdin, lines on stdout."""

import os
import queue
import signal
import sys
import threading
import traceback
from collections.abc import Sequence
from typing import BinaryIO

import msgspec

from muster.core.errors import MusterError
from muster.core.records import AnyRecord, Collection
from muster.core.source import Context
from muster.integrations import registry
from muster.runner import wire
from muster.runner.collecting import Collecting

_RECORDS_TOGETHER = 5000
"""Where pages come fast, a transaction for each would cost twice as much."""


class TellingProgress:
    """Progress that is told to the other process, by whoever writes to it."""

    def __init__(self) -> None:
        """Nothing to tell yet."""
        self._lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()

    def advance(self, collection: Collection, done: int, total: int | None = None) -> None:
        """Tell it."""
        self._lines.put(wire.encode(wire.Advance(collection, done, total)))

    def log(self, level: str, event: str, **fields: object) -> None:
        """Tell it."""
        self._lines.put(wire.encode(wire.LogLine(level, event, fields)))

    def count(self, name: str, amount: int = 1) -> None:
        """Tell it."""
        self._lines.put(wire.encode(wire.Counted(name, amount)))

    def write(self, out: BinaryIO) -> None:
        """Write what was told since the last time."""
        while not self._lines.empty():
            out.write(self._lines.get())
        out.flush()


def main() -> None:
    """Collect what the order says, and end with how it went."""
    # Ctrl-C reaches the whole group of processes; the one that ingests decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    order = msgspec.json.decode(sys.stdin.buffer.read(), type=wire.Order)
    out = sys.stdout.buffer
    try:
        ended = _collected(order, out)
        out.write(wire.encode(ended))
        out.flush()
    except BrokenPipeError:
        pass  # The other process is gone, so nobody is left to tell.
    # Taking a heap of records apart is a quarter of a second that the other process would wait.
    os._exit(0)


def _collected(order: wire.Order, out: BinaryIO) -> wire.Ended:
    try:
        return _collect(order, out)
    except MusterError as error:
        return _ended(error)  # such as a source that this version does not have


def _collect(order: wire.Order, out: BinaryIO) -> wire.Ended:
    progress = TellingProgress()
    context = Context(
        options=order.options,
        secret=order.secret,
        progress=progress,
        now=order.now,
        endpoints=order.endpoints,
        state=order.state,
        checkpoints=order.checkpoints,
    )
    collecting = Collecting(registry.source(order.source), context)
    telling = _Telling(out, progress)
    try:
        never = threading.Event()
        for records in collecting.lists(never, idle=telling.end_list):
            telling.add(records)
    finally:
        collecting.close()
    telling.end_list()
    return _ended(collecting.error)


class _Telling:
    """Tells records at once, and that a list of them ends when it is long or nothing follows."""

    def __init__(self, out: BinaryIO, progress: TellingProgress) -> None:
        self._out = out
        self._progress = progress
        self._open = 0

    def add(self, records: Sequence[AnyRecord]) -> None:
        self._progress.write(self._out)
        self._out.write(b"".join(map(wire.encode, records)))
        self._open += len(records)
        if self._open >= _RECORDS_TOGETHER:
            self.end_list()
        self._out.flush()

    def end_list(self) -> None:
        self._progress.write(self._out)
        if self._open:
            self._out.write(wire.encode(wire.ListEnd()))
            self._out.flush()
            self._open = 0


def _ended(error: BaseException | None) -> wire.Ended:
    if error is None:
        return wire.Ended()
    if isinstance(error, MusterError):
        return wire.Ended(message=error.message, hint=error.hint, code=error.code)
    return wire.Ended(defect="".join(traceback.format_exception(error)))


if __name__ == "__main__":
    main()
