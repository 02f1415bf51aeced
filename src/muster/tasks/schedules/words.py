"""A schedule in a sentence's words."""

from collections.abc import Callable

from muster.tasks.schedules.schedule import Frequency, Schedule, Weekday

_LAST_SURE_DAY = 28


def in_words(schedule: Schedule | None) -> str:
    """Return how a person would say it: `weekly on mon, fri at 02:30 (Europe/Berlin)`."""
    if schedule is None:
        return "only when asked"
    return f"{_WORDS[schedule.frequency](schedule)} ({schedule.timezone})"


def _once(schedule: Schedule) -> str:
    return f"once at {schedule.start:%Y-%m-%d %H:%M}"


def _every(schedule: Schedule) -> str:
    return f"every {schedule.hours} hours from {schedule.start:%Y-%m-%d %H:%M}"


def _daily(schedule: Schedule) -> str:
    return f"daily at {schedule.start:%H:%M}"


def _weekly(schedule: Schedule) -> str:
    days = schedule.days or {Weekday(schedule.start.weekday())}
    return f"weekly on {', '.join(each.short for each in sorted(days))} at {schedule.start:%H:%M}"


def _monthly(schedule: Schedule) -> str:
    day = schedule.start.day
    else_last = ", or the last day of a shorter month," if day > _LAST_SURE_DAY else ""
    return f"monthly on day {day}{else_last} at {schedule.start:%H:%M}"


_WORDS: dict[Frequency, Callable[[Schedule], str]] = {
    Frequency.ONCE: _once,
    Frequency.HOURLY: lambda schedule: f"hourly at minute {schedule.start:%M}",
    Frequency.EVERY: _every,
    Frequency.DAILY: _daily,
    Frequency.WEEKLY: _weekly,
    Frequency.MONTHLY: _monthly,
    Frequency.CONTINUOUS: lambda schedule: f"continuously from {schedule.start:%Y-%m-%d %H:%M}",
}
