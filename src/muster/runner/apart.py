"""One source collecting in a process of its own, its records read here in bounded lists.

Collecting and ingesting are both bound by the processor, and one Python process has one. Apart,
they run side by side, and what collecting needs of memory is given back when it ends.
"""

import contextlib
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from typing import IO

import msgspec

from muster.core.records import AnyRecord
from muster.core.source import Checkpoints, Context, Progress
from muster.runner import wire
from muster.runner.collecting import nothing

BYTES_TOGETHER = 12_000_000
"""Lists that come while an earlier one is ingested are put together up to this (some 5,000 devices
or 90,000 memberships): the longer the transaction, the less often the pages of its indexes are
written."""
_CHUNK_BYTES = 1 << 20
_LISTS_WAITING = 1
_LOOK_UP_SECONDS = 0.1
_STOP_SECONDS = 5


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
        self._process = subprocess.Popen(
            [sys.executable, "-m", "muster.runner.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        _widen(self._process.stdout)
        self._order(self._process.stdin, source, context)
        self._thread = threading.Thread(
            target=self._read,
            args=(self._process.stdout, context.progress),
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
        self._process.terminate()
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._thread.join()

    def _order(self, stdin: IO[bytes], source: str, context: Context) -> None:
        order = wire.Order(
            source=source,
            options=dict(context.options),
            secret=dict(context.secret),
            endpoints=dict(context.endpoints),
            now=context.now,
            state=None if context.state is None else dict(context.state),
            checkpoints=_copied(context.checkpoints),
        )
        with stdin:
            stdin.write(msgspec.json.encode(order))

    def _read(self, stdout: IO[bytes], progress: Progress) -> None:
        """Take the lines apart until there are no more; runs in a thread of its own."""
        ended: wire.Ended | None = None
        records: list[AnyRecord] = []
        size = 0
        with stdout:
            for lines in _whole_lines(stdout):
                size += len(lines)
                for line in wire.decode(lines):
                    if isinstance(line, wire.Ended):
                        ended = line
                    elif isinstance(line, wire.ListEnd):
                        if self._lists.empty() or size >= BYTES_TOGETHER:
                            self._put(records)
                            records, size = [], 0
                    elif isinstance(line, wire.Message):
                        _tell(progress, line)
                    else:
                        records.append(line)
        self.error = wire.failure_of(ended) if ended else self._lost()
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

    def _lost(self) -> wire.LostProcessError:
        code = self._process.wait()
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        return wire.LostProcessError(
            f"the collecting process ended before it was done ({how})",
            hint="Run it again: it goes on from the last whole page. If the system ended it, there "
            "may be too little memory.",
            code=how,
        )


def _widen(pipe: IO[bytes]) -> None:
    """Let a pipe hold a megabyte: each time it is read, ingest has to stand aside."""
    if sys.platform == "linux":  # the others have no name for it
        import fcntl

        with contextlib.suppress(OSError):  # an unprivileged user's pipes may have enough already
            fcntl.fcntl(pipe.fileno(), fcntl.F_SETPIPE_SZ, _CHUNK_BYTES)


def _copied(checkpoints: Checkpoints | None) -> dict[str, dict[str, str]] | None:
    if checkpoints is None:
        return None
    return {part: dict(state) for part, state in checkpoints.items()}


def _whole_lines(stdout: IO[bytes]) -> Iterator[bytes]:
    rest = b""
    while chunk := stdout.read1(_CHUNK_BYTES):  # type: ignore[attr-defined]
        whole, newline, after = chunk.rpartition(b"\n")
        if newline:
            yield rest + whole
            rest = after
        else:
            rest += chunk


def _tell(progress: Progress, message: wire.Message) -> None:
    if isinstance(message, wire.Advance):
        progress.advance(message.collection, message.done, message.total)
    elif isinstance(message, wire.LogLine):
        progress.log(message.level, message.event, **message.fields)
    elif isinstance(message, wire.Counted):
        progress.count(message.name, message.amount)
