"""One address while it is in work: what was asked of it, and what is still open."""

from collections import deque
from typing import Any

Sent = tuple[float, int, "Host", int]
"""When, the how-manieth try, of whom, and what: one sending that waits for its answer."""


class Host:
    """One address in work. `liveness` and `asks` are codes in the order they are to be sent.

    `route` is whatever the engine wants to remember of the way there.
    """

    __slots__ = (
        "address",
        "answered",
        "asks",
        "connections",
        "fragile",
        "heard",
        "is_alive",
        "is_done",
        "is_queued",
        "is_told",
        "least_rtt",
        "liveness",
        "next",
        "number",
        "pending",
        "refused",
        "retries",
        "route",
        "steady",
    )

    def __init__(self, number: int, address: str) -> None:
        """Take what the scope says; the schedule fills in what to ask."""
        self.number = number
        self.address = address
        self.liveness: tuple[int, ...] = ()
        self.asks: tuple[int, ...] = ()
        self.fragile: tuple[int, ...] = ()
        self.next = 0
        self.pending: dict[int, Sent] = {}
        self.retries: deque[tuple[int, int]] = deque()
        self.heard: set[int] = set()
        self.route: Any = None
        self.is_alive = False
        self.answered = False
        self.is_queued = False
        self.is_told = False
        self.is_done = False
        self.connections = 0
        self.refused = 0
        self.least_rtt = 0.0
        self.steady = 0

    def take_next(self) -> tuple[int, int] | None:
        """Return what to send next and the how-manieth try that is; None if nothing now."""
        while self.retries:
            code, tries = self.retries.popleft()
            if code not in self.heard:
                return code, tries
        codes = self.liveness if not self.is_alive else self.asks
        while self.next < len(codes):
            code = codes[self.next]
            self.next += 1
            if code not in self.heard and code not in self.pending:
                return code, 1
        return self._take_fragile()

    def _take_fragile(self) -> tuple[int, int] | None:
        """One at a time, and only when nothing else is under way to the host."""
        if not self.is_alive or self.pending or self.connections:
            return None
        while self.fragile:
            code, self.fragile = self.fragile[0], self.fragile[1:]
            if code not in self.heard:
                return code, 1
        return None

    def has_more(self) -> bool:
        """True if `take_next` may have something, now or when something under way has ended."""
        codes = self.liveness if not self.is_alive else self.asks
        return bool(self.retries or self.next < len(codes) or (self.is_alive and self.fragile))

    def come_alive(self) -> None:
        """Go on to the ports."""
        self.is_alive = True
        self.next = 0
        self.retries.clear()
