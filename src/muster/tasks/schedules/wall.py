"""From the time on a wall to the instant, also where the clocks change."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo


def instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Return the instant at which a clock in that zone shows this time of this day.

    A time that the clock skips counts on with the old offset: 02:30 becomes 03:30, so that no day
    is left out. Of a time that it shows twice, the first one is meant, so that no day is run
    twice. This is what iCalendar (RFC 5545, section 3.3.5) and JavaScript's Temporal
    ("compatible") do too, and what `fold=0` means to Python.
    """
    return datetime.combine(day, at.replace(fold=0), tzinfo=zone).astimezone(UTC)


def day_of(moment: datetime, zone: ZoneInfo) -> date:
    """Return the day that a calendar in that zone shows at an instant."""
    return moment.astimezone(zone).date()
