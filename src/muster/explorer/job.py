"""One plan: claimed, opened, carried out in a process of its own, its lines uploaded."""

import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from muster.core.errors import ConfigError, MusterError, UnavailableError
from muster.explorer import sealing
from muster.explorer.chunks import AIM_BYTES, LONGEST_LINE_BYTES
from muster.explorer.client import Client
from muster.explorer.messages import Claimed, Nothing
from muster.explorer.uploading import Uploading
from muster.runner import process, wire

_PIECES_WAITING = 4
_LOOK_UP_SECONDS = 0.1
_UNSAID_SECONDS = 1.0
"""So long may lines wait for more of them: what people see of progress is as old."""

Tell = Callable[[str], None]


@dataclass(slots=True)
class Job:
    """A plan that is being carried out, in the thread that calls `do`."""

    client: Client
    assignment: str
    tell: Tell
    upload: Uploading = field(init=False)
    _is_closing: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        """Nothing is claimed yet."""
        self.upload = Uploading(self.client, self.assignment, self.tell)

    def stop(self) -> None:
        """End within moments; what the server has, it keeps."""
        self.upload.is_over.set()

    def do(self) -> None:
        """Carry it out. What goes wrong is told to the server as the plan's end, and here."""
        try:
            claimed = self.client.ask(f"plans/{self.assignment}/claim", Nothing(), Claimed)
            self.upload.next = claimed.next
            order = sealing.opened(
                claimed.sealed, by=self.client.keys.sealing, context=self.assignment
            )
            self._carry_out(order)
        except UnavailableError as error:
            self.tell(f"{error.message}; the plan is offered again when the server answers.")
        except MusterError as error:
            self.tell(f"The plan {self.assignment} ended: {error.message}.")
            self._say_end(error)

    def _carry_out(self, order: bytes) -> None:
        child = process.started(order)
        pieces: queue.Queue[bytes | None] = queue.Queue(_PIECES_WAITING)
        reading = threading.Thread(
            target=self._read, args=(child, pieces), name=f"read {self.assignment}", daemon=True
        )
        reading.start()
        has_ended = False
        try:
            for lines in self._gathered(pieces):
                has_ended = _says_end(lines)
                self.upload.send(lines)
                if self.upload.is_over.is_set():
                    return
            if not has_ended and not self.upload.is_over.is_set():
                raise process.how_it_was_lost(child)
        except wire.LostProcessError as lost:
            raise ConfigError(lost.message, hint=lost.hint, code=lost.code) from lost
        finally:
            self._is_closing.set()
            process.end(child)
            reading.join()

    def _read(self, child: process.Process, pieces: "queue.Queue[bytes | None]") -> None:
        with process.lines_of(child) as stream, suppress(ValueError, OSError):
            for lines in wire.whole_lines(stream):
                if not self._put(pieces, lines + b"\n"):
                    return
        self._put(pieces, None)

    def _put(self, pieces: "queue.Queue[bytes | None]", piece: bytes | None) -> bool:
        while not self._is_closing.is_set():
            with suppress(queue.Full):
                pieces.put(piece, timeout=_LOOK_UP_SECONDS)
                return True
        return False

    def _gathered(self, pieces: "queue.Queue[bytes | None]") -> Iterator[bytes]:
        """Yield lines in parts as large as a chunk should be, or as old as they may get."""
        held, since = b"", 0.0
        while not self.upload.is_over.is_set():
            try:
                piece = pieces.get(timeout=_LOOK_UP_SECONDS)
            except queue.Empty:
                piece = b""
            if piece is None:
                break
            since = since if held else time.monotonic()
            held += piece
            while len(held) >= AIM_BYTES:
                part, held = _parted(held)
                yield part
            if held and time.monotonic() - since >= _UNSAID_SECONDS:
                yield held
                held = b""
        if held:
            yield held

    def _say_end(self, error: MusterError) -> None:
        """Tell the server why the plan ended here, so that its run says so."""
        ended = wire.Ended(message=error.message, hint=error.hint, code=error.code)
        with suppress(MusterError):
            self.upload.send(wire.encode(ended))


def _parted(held: bytes) -> tuple[bytes, bytes]:
    """Return whole lines of about a chunk's size, and the rest.

    Raises ConfigError for a line that no chunk holds.
    """
    end = held.rfind(b"\n", 0, AIM_BYTES) + 1 or held.index(b"\n") + 1
    if end > LONGEST_LINE_BYTES:
        raise ConfigError(
            f"the source tells one thing in {end:,} bytes, and {LONGEST_LINE_BYTES:,} are the most",
            hint="Run this task on the server itself.",
        )
    return held[:end], held[end:]


def _says_end(lines: bytes) -> bool:
    last = lines.rstrip(b"\n").rpartition(b"\n")[2]
    return last.startswith(b'{"type":"ended"')
