"""How long to wait before trying again, and when to stop: told times first, then jittered ones."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_LONGEST_TOLD_SECONDS = 7 * 24 * 3600


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Bounds of trying again: how often, and how long in all."""

    attempts: int = 10
    first_wait: timedelta = timedelta(seconds=1)
    longest_wait: timedelta = timedelta(seconds=60)
    patience: timedelta = timedelta(minutes=10)


THROTTLED = RetryPolicy()
"""The other side asked us to wait: worth ten minutes of a background run."""

BROKEN = RetryPolicy(
    attempts=5, first_wait=timedelta(milliseconds=500), longest_wait=timedelta(seconds=8)
)
"""A reply that is an error or unreadable: five tries, some fifteen seconds."""

UNREACHABLE = RetryPolicy(
    attempts=3, first_wait=timedelta(milliseconds=500), longest_wait=timedelta(seconds=2)
)
"""No connection at all: three tries, so that a wrong host name is told within seconds."""


class Retries:
    """The waits of one request. Asked after each failure; None means give up.

    A told time is kept to, plus a little so that many callers do not return at once; without
    one the wait is drawn from zero to a ceiling that doubles ("full jitter").
    Source: https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
    """

    def __init__(self, *, draw: Callable[[], float]) -> None:
        """Start with nothing failed; `draw` gives a number from 0 to 1."""
        self._draw = draw
        self.failures = 0
        self.waited = timedelta()

    def next_wait(self, policy: RetryPolicy, told: timedelta | None = None) -> timedelta | None:
        """Return how long to wait before the next try, or None if the policy is used up."""
        self.failures += 1
        wait = self._drawn(policy) if told is None else told * (1 + 0.1 * self._draw())
        if self.failures >= policy.attempts or self.waited + wait > policy.patience:
            return None
        self.waited += wait
        return wait

    def _drawn(self, policy: RetryPolicy) -> timedelta:
        doublings = min(self.failures - 1, 30)
        return min(policy.first_wait * (1 << doublings), policy.longest_wait) * self._draw()


def told_wait(value: str | None, now: datetime) -> timedelta | None:
    """Return what a Retry-After header says; None if absent or unreadable.

    Graph sends fractions (`2.128`), others whole seconds or a date.
    """
    if not value:
        return None
    seconds = _seconds(value.strip(), now)
    is_usable = seconds is not None and 0 <= seconds <= _LONGEST_TOLD_SECONDS
    return timedelta(seconds=seconds) if seconds is not None and is_usable else None


def _seconds(value: str, now: datetime) -> float | None:
    try:
        return float(value)
    except ValueError:
        pass
    try:
        instant = parsedate_to_datetime(value)
    except (ValueError, TypeError):
        return None
    instant = instant if instant.tzinfo else instant.replace(tzinfo=UTC)
    return max(0.0, (instant - now).total_seconds())
