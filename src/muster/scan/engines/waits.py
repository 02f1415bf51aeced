"""How long an answer is waited for: three times the slowest seen lately, within limits."""

from muster.scan.engines.reply import Asking

_TIMES = 3.0
_FORGETTING = 0.999


class Waits:
    """The one wait of a scan, so that what was sent first also expires first."""

    def __init__(self, asking: Asking) -> None:
        """Nothing is known yet: the first wait is `first_wait_seconds`."""
        self._least = asking.least_wait_seconds
        self._most = asking.most_wait_seconds
        self._slowest = 0.0
        self.seconds = asking.first_wait_seconds

    def note(self, seconds: float) -> None:
        """Take how long an answer took. Slow ones are forgotten after some thousand answers."""
        self._slowest = max(seconds, self._slowest * _FORGETTING)
        self.seconds = min(self._most, max(self._least, _TIMES * self._slowest))
