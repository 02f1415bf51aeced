"""Servers on loopback that write down how they were treated."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass
class Seen:
    """What a listener saw: how each connection ended, and how many there were at a time."""

    port: int
    ends: list[str] = field(default_factory=list)
    written: bytes = b""
    now: int = 0
    most: int = 0


class Listener(Seen):
    """A server whose every connection is read to its end, in a thread of its own."""

    def __init__(self, server: socket.socket, *, says: bytes, holds_seconds: float) -> None:
        super().__init__(server.getsockname()[1])
        self._server, self._says, self._holds_seconds = server, says, holds_seconds
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._start(self._accept)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        for each in self._threads:
            each.join()

    def _start(self, target, *given) -> None:
        thread = threading.Thread(target=target, args=given)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _address = self._server.accept()
                self._start(self._serve, connection)

    def _serve(self, connection: socket.socket) -> None:
        with self._lock:
            self.now += 1
            self.most = max(self.most, self.now)
        end = self._read(connection)
        with self._lock:
            self.now -= 1
            self.ends.append(end)

    def _read(self, connection: socket.socket) -> str:
        with connection:
            connection.settimeout(10)
            try:
                connection.sendall(self._says)
                while data := connection.recv(4096):
                    self.written += data
            except OSError as error:
                return type(error).__name__
            time.sleep(self._holds_seconds)  # a device that takes its time to free the slot
        return "fin"


@contextlib.contextmanager
def listener(
    address: str = "127.0.0.1", port: int = 0, *, says: bytes = b"", holds_seconds: float = 0.0
) -> Iterator[Seen]:
    """Listen until the block ends."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.create_server((address, port), family=family, backlog=512) as server:
        seen = Listener(server, says=says, holds_seconds=holds_seconds)
        try:
            yield seen
        finally:
            seen.close()
