"""How fast a run may ask: slots that grow and shrink, and a budget of resource units."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta

from muster.core.http import Outside

# Source: https://learn.microsoft.com/graph/throttling-limits#identity-and-access-service-limits
# (read 2026-11): the smallest tenants have 3,500 resource units in 10 seconds for one application.
UNITS_PER_SECOND = 350.0
MOST_SAVED_UNITS = 3500.0

_MOST_SLOTS = 8
_FIRST_SLOTS = 4.0
_CROWDED = 0.8


class Pace:
    """Shared by all requests of a run.

    Slots follow "additive increase, multiplicative decrease": every good answer adds a fraction of
    a slot, a 429 halves them, and Graph's own measure of the limit, which it sends from 0.8 on,
    takes one away before it comes to a 429. A told wait holds everyone, since the limit is one
    of application and tenant.
    """

    def __init__(self, outside: Outside) -> None:
        """Start with some slots and the budget of the smallest tenant."""
        self._outside = outside
        self._slots = _FIRST_SLOTS
        self._running = 0
        self._changed = asyncio.Condition()
        self._units = MOST_SAVED_UNITS
        self._counted_at = outside.monotonic()
        self._paused_until = self._counted_at

    @property
    def slots(self) -> int:
        """How many requests may run at once now."""
        return int(self._slots)

    @asynccontextmanager
    async def turn(self, cost: int) -> AsyncIterator[None]:
        """Wait for a slot and for the budget of `cost` units, and hold the slot."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._running < self.slots)
            self._running += 1
        try:
            wait = max(self._unaffordable_for(cost), self._paused_for())
            if wait > 0:
                await self._outside.sleep(wait)
            yield
        finally:
            async with self._changed:
                self._running -= 1
                self._changed.notify_all()

    def saw(self, headers: Mapping[str, str], *, expected: int) -> None:
        """Learn from a good answer's headers; `expected` is the cost that was charged for it."""
        if _number(headers.get("x-ms-throttle-limit-percentage")) >= _CROWDED:
            self._slots = max(1.0, self._slots - 1)
        else:
            self._slots = min(float(_MOST_SLOTS), self._slots + 1 / self._slots)
        self._units -= max(0.0, _number(headers.get("x-ms-resource-unit")) - expected)

    def throttled(self, wait: timedelta) -> None:
        """Halve the slots and let nobody ask before `wait` is over."""
        self._slots = max(1.0, self._slots / 2)
        until = self._outside.monotonic() + wait.total_seconds()
        self._paused_until = max(self._paused_until, until)

    def _paused_for(self) -> float:
        return self._paused_until - self._outside.monotonic()

    def _unaffordable_for(self, cost: int) -> float:
        """Charge the cost and return for how many seconds it is not yet earned."""
        now = self._outside.monotonic()
        earned = (now - self._counted_at) * UNITS_PER_SECOND
        self._counted_at = now
        self._units = min(MOST_SAVED_UNITS, self._units + earned) - cost
        return max(0.0, -self._units / UNITS_PER_SECOND)


def _number(text: str | None) -> float:
    try:
        return float(text or 0)
    except ValueError:
        return 0.0
