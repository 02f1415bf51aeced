"""What an engine is put together from: one way of asking, with its own sockets."""

import select

from muster.scan.engines.host import Host, Sent

READABLE = select.EPOLLIN
WRITABLE = select.EPOLLOUT


class Part:
    """One way of asking: full connections, datagrams, echoes, or packets of our own making.

    A part registers its sockets with the engine's epoll by itself; `owns` tells whose an event
    is. All of it runs in the engine's one thread. What a part does not need is left as here.
    """

    def cost(self, host: Host, code: int) -> tuple[int, int]:
        """Return how many packets asking takes, and how many more the system may send."""
        return 1, 0

    def send(self, sent: Sent) -> None:
        """Ask. Raises ConfigError where the machine itself has nothing left to ask with."""

    def flush(self) -> None:
        """Let everything out that `send` gathered."""

    def owns(self, descriptor: int) -> bool:
        """True if the socket is this part's."""
        return False

    def handle(self, descriptor: int, events: int, now: float) -> None:
        """Take what a socket has."""

    def expire(self, sent: Sent) -> None:
        """Forget what nobody answered in time."""

    def tick(self, now: float) -> float | None:
        """Do what is due, and return when to be called again; None for not before an event."""
        return None

    def has_room(self) -> bool:
        """False while nothing more can be asked at the same time."""
        return True

    def close(self) -> None:
        """Close every socket."""
