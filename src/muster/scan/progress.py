"""How far a scan is: which positions are done, and how fast it goes."""

from collections import deque

_SPAN_SECONDS = 5.0


class Watermark:
    """The position before which everything is done, whatever the order things end in."""

    def __init__(self, position: int) -> None:
        """Everything before `position` was done earlier."""
        self.position = position
        self.done = 0
        self._ahead: set[int] = set()

    def reach(self, position: int) -> None:
        """Note that one position is done."""
        self.done += 1
        self._ahead.add(position)
        while self.position in self._ahead:
            self._ahead.remove(self.position)
            self.position += 1


class Speed:
    """Packets a second over the last few seconds."""

    def __init__(self) -> None:
        """Nothing was sent yet."""
        self._counts: deque[tuple[float, int]] = deque()

    def note(self, now: float, packets: int) -> float:
        """Take how many packets were sent in all, and return the rate."""
        self._counts.append((now, packets))
        while len(self._counts) > 2 and now - self._counts[0][0] > _SPAN_SECONDS:  # noqa: PLR2004
            self._counts.popleft()
        before, sent = self._counts[0]
        return (packets - sent) / (now - before) if now > before else 0.0


def remaining_seconds(*, done: int, left: int, seconds: float) -> float | None:
    """Return a guess of how long it still takes; None while nothing is done."""
    return seconds * left / done if done else None
