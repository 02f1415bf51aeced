"""Uploading lines in numbered chunks, each once, whatever the network does."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from muster.core.errors import UnavailableError
from muster.explorer import chunks
from muster.explorer.client import Client
from muster.explorer.messages import Received

FIRST_WAIT_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 30.0
_FULL_SECONDS = 0.5

Tell = Callable[[str], None]


@dataclass(slots=True)
class Uploading:
    """The upload of one plan. `is_over` is set once the server wants no more of it."""

    client: Client
    assignment: str
    tell: Tell
    next: int = 0
    is_over: threading.Event = field(default_factory=threading.Event)

    def send(self, lines: bytes) -> None:
        """Have the server take these lines; returns when it has, or when it `is_over`.

        Raises ConfigError or DataError if the server will not take them at all.
        """
        chunk, wait = chunks.pack(lines), FIRST_WAIT_SECONDS
        while not self.is_over.is_set():
            try:
                received = self._sent(chunk)
            except UnavailableError as error:
                self.tell(f"{error.message}; the upload goes on when the server answers.")
                self.is_over.wait(wait)
                wait = min(wait * 2, LONGEST_WAIT_SECONDS)
                continue
            if received.is_over:
                self.is_over.set()
            if received.next > self.next:
                self.next = received.next
                return
            if received.is_full:
                self.is_over.wait(_FULL_SECONDS)

    def _sent(self, chunk: bytes) -> Received:
        path = f"plans/{self.assignment}/chunks/{self.next}"
        return self.client.send(path, chunk, Received)
