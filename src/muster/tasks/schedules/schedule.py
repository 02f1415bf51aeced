"""A schedule as data."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum

MOST_HOURS = 24 * 366
"""A year: whoever wants less often than that wants a date."""

FIRST_YEAR, LAST_YEAR = 1970, 2200
"""Where a schedule may begin: far from the ends of the calendar, whatever the zone."""


class Frequency(StrEnum):
    """How often (reference console.md section 4.3, and every N hours)."""

    ONCE = "once"
    HOURLY = "hourly"
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    EVERY = "every"
    CONTINUOUS = "continuous"


class Weekday(IntEnum):
    """Days as `date.weekday` counts them."""

    MONDAY = 0
    TUESDAY = 1
    WEDNESDAY = 2
    THURSDAY = 3
    FRIDAY = 4
    SATURDAY = 5
    SUNDAY = 6

    @property
    def short(self) -> str:
        """Three letters, as people type them."""
        return self.name[:3].casefold()


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a task is due. Made by `reading`, which checks it.

    `start` is the wall clock's time in `timezone` of the first time: without a zone of its own, so
    that a daily task stays at 02:30 when the clocks change. Its time of day holds for every day,
    its day of the month for every month, and its weekday where `days` are empty. `hours` is the N
    of every N hours, counted as they pass, from the start on.
    """

    frequency: Frequency
    start: datetime
    timezone: str = "UTC"
    days: frozenset[Weekday] = frozenset()
    hours: int = 1

    @property
    def recurs(self) -> bool:
        """True if it is due more than once."""
        return self.frequency is not Frequency.ONCE
