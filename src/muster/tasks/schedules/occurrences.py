"""When a schedule is due: strictly after an instant, or last until one."""

import calendar
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from muster.tasks.schedules.schedule import Frequency, Schedule, Weekday
from muster.tasks.schedules.wall import day_of, instant

PAUSE = timedelta(minutes=1)
"""Between two runs of a continuous task: a source that fails at once is not asked in a loop."""

_FURTHEST = datetime(9990, 1, 1, tzinfo=UTC)
_DAY = timedelta(days=1)


def next_after(schedule: Schedule, moment: datetime) -> datetime | None:
    """Return the first time it is due after `moment`; None if it never is again.

    A continuous schedule is due a pause after `moment`, which is the end of the run before.
    """
    start = start_of(schedule)
    if start > moment:
        moment = start - timedelta(microseconds=1)
    if moment >= _FURTHEST:
        return None
    if schedule.frequency is Frequency.ONCE:
        return start if start > moment else None
    if schedule.frequency is Frequency.CONTINUOUS:
        return start if start > moment else moment + PAUSE
    if step := _step(schedule):
        return start + ((moment - start) // step + 1) * step
    return next(each for each in _days_on(schedule, moment, start) if each > moment)


def latest_until(schedule: Schedule, moment: datetime, *, since: datetime) -> datetime:
    """Return the last time it was due between `since`, when it was due too, and `moment`."""
    if schedule.frequency in {Frequency.ONCE, Frequency.CONTINUOUS} or moment <= since:
        return since
    start = start_of(schedule)
    if step := _step(schedule):
        return max(since, start + ((moment - start) // step) * step)
    # A month and a leap day, with a day for the zone: at least one time lies in between.
    found = since
    for each in _days_on(schedule, max(since, moment - 63 * _DAY), start):
        if each > moment:
            break
        found = max(found, each)
    return found


def upcoming(schedule: Schedule, moment: datetime, *, count: int) -> list[datetime]:
    """Return the next times it is due, at most so many, in order."""
    return list(islice(_following(schedule, moment), count))


def start_of(schedule: Schedule) -> datetime:
    """Return the instant from which on it holds."""
    wall = schedule.start
    return instant(wall.date(), wall.time(), ZoneInfo(schedule.timezone))


def _following(schedule: Schedule, moment: datetime) -> Iterator[datetime]:
    found = next_after(schedule, moment)
    while found is not None:
        yield found
        found = next_after(schedule, found)


def _step(schedule: Schedule) -> timedelta | None:
    """Return the time between two of them where it is counted in hours that pass."""
    if schedule.frequency is Frequency.HOURLY:
        return timedelta(hours=1)
    return timedelta(hours=schedule.hours) if schedule.frequency is Frequency.EVERY else None


def _days_on(schedule: Schedule, moment: datetime, start: datetime) -> Iterator[datetime]:
    """Yield times in order, from some time before `moment` on, but not before the start."""
    zone = ZoneInfo(schedule.timezone)
    at = schedule.start.time()
    # A skipped time may be shown on the next day, and a zone may once have skipped a whole day.
    day = max(day_of(moment, zone) - 2 * _DAY, schedule.start.date())
    for each in _DAYS[schedule.frequency](schedule, day):
        found = instant(each, at, zone)
        if found >= start:
            yield found


def _daily(_schedule: Schedule, day: date) -> Iterator[date]:
    while True:
        yield day
        day += _DAY


def _weekly(schedule: Schedule, day: date) -> Iterator[date]:
    days = schedule.days or {Weekday(schedule.start.weekday())}
    return (each for each in _daily(schedule, day) if each.weekday() in days)


def _monthly(schedule: Schedule, day: date) -> Iterator[date]:
    """Yield one day of each month: the last one where the month is too short.

    Leaving the month out, as cron does, would leave an inventory unsynced for two months.
    """
    year, month = day.year, day.month
    while True:
        last = calendar.monthrange(year, month)[1]
        found = date(year, month, min(schedule.start.day, last))
        if found >= day:
            yield found
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)  # noqa: PLR2004 - months


_DAYS: dict[Frequency, Callable[[Schedule, date], Iterator[date]]] = {
    Frequency.DAILY: _daily,
    Frequency.WEEKLY: _weekly,
    Frequency.MONTHLY: _monthly,
}
