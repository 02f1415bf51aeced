"""Reading schedules: what a person gave, checked; and to and from what is stored."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from muster.core.errors import ConfigError
from muster.tasks.schedules.schedule import (
    FIRST_YEAR,
    LAST_YEAR,
    MOST_HOURS,
    Frequency,
    Schedule,
    Weekday,
)

_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)", re.ASCII)
_LONGEST_ZONE = 100


def read(
    frequency: str,
    *,
    now: datetime,
    start: str = "",
    timezone: str = "UTC",
    days: Sequence[str] = (),
    hours: str = "",
) -> Schedule:
    """Return the schedule that a person means.

    `start` is a date and time on the wall of `timezone` (`2026-12-01 02:30`), a time of the day
    (`02:30`), or an instant with its own offset (`2026-12-01T02:30:00Z`); "" is now.
    Raises ConfigError naming what cannot be read.
    """
    kind = _frequency(frequency)
    zone = _zone(timezone)
    if days and kind is not Frequency.WEEKLY:
        raise ConfigError(
            f"a schedule that is {kind} has no days", hint="Days belong to a weekly one."
        )
    if hours and kind is not Frequency.EVERY:
        raise ConfigError(
            f"a schedule that is {kind} has no number of hours",
            hint="For every N hours the frequency is: every.",
        )
    return Schedule(
        kind,
        start=_start(start.strip(), zone, now=now),
        timezone=zone.key,
        days=frozenset(_day(each) for text in days for each in re.split(r"[\s,]+", text) if each),
        hours=_hours(hours) if kind is Frequency.EVERY else 1,
    )


def to_document(schedule: Schedule | None) -> dict[str, Any]:
    """Return a schedule as JSON values; empty for none."""
    if schedule is None:
        return {}
    document: dict[str, Any] = {
        "frequency": schedule.frequency.value,
        "start": schedule.start.isoformat(timespec="seconds"),
        "timezone": schedule.timezone,
    }
    if schedule.days:
        document["days"] = [each.short for each in sorted(schedule.days)]
    if schedule.frequency is Frequency.EVERY:
        document["hours"] = schedule.hours
    return document


def from_document(document: Mapping[str, Any]) -> Schedule | None:
    """Return the schedule of a document; None for an empty one.

    Raises ConfigError if it is not one that `to_document` could have made.
    """
    if not document:
        return None
    known = {"frequency", "start", "timezone", "days", "hours"}
    if strange := sorted(set(document) - known):
        raise ConfigError(
            f"a schedule has no '{strange[0]}'", hint=f"It has: {', '.join(sorted(known))}."
        )
    if not document.get("start"):
        raise ConfigError("the schedule has no start", hint="Give a date and time.")
    given = document.get("days", [])
    return read(
        str(document.get("frequency", "")),
        now=datetime(FIRST_YEAR, 1, 1, tzinfo=UTC),
        start=str(document["start"]),
        timezone=str(document.get("timezone", "UTC")),
        days=[str(each) for each in given] if isinstance(given, list) else [str(given)],
        hours=str(document.get("hours", "")),
    )


def _frequency(text: str) -> Frequency:
    folded = text.strip().casefold()
    if folded not in set(Frequency):
        raise ConfigError(
            f"there is no frequency '{text}'",
            hint=f"It is one of: {', '.join(Frequency)}.",
        )
    return Frequency(folded)


def _zone(name: str) -> ZoneInfo:
    """Return a zone by its name in the IANA database; a path out of it is none."""
    wanted = name.strip() or "UTC"
    try:
        if len(wanted) <= _LONGEST_ZONE and "\0" not in wanted:
            return ZoneInfo(wanted)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        pass
    raise ConfigError(
        f"there is no time zone '{wanted[:_LONGEST_ZONE]}'",
        hint="Write it as in Europe/Berlin, America/New_York or UTC.",
    )


def _start(text: str, zone: ZoneInfo, *, now: datetime) -> datetime:
    """Return the time on the wall of that zone, without a zone and in whole seconds."""
    here = now.astimezone(zone)
    if not text:
        return here.replace(tzinfo=None, microsecond=0, fold=0)
    if found := _TIME.fullmatch(text):
        hour, minute = (int(each) for each in found.groups())
        return here.replace(tzinfo=None, hour=hour, minute=minute, second=0, microsecond=0, fold=0)
    return _dated(text, zone)


def _dated(text: str, zone: ZoneInfo) -> datetime:
    try:
        found = datetime.fromisoformat(text)
        if FIRST_YEAR <= found.year <= LAST_YEAR:
            wall = found.astimezone(zone).replace(tzinfo=None) if found.tzinfo else found
            return wall.replace(microsecond=0, fold=0)
    except (ValueError, OverflowError) as error:
        raise ConfigError(
            f"the start '{text[:_LONGEST_ZONE]}' cannot be read",
            hint="Write it as 2026-12-01 02:30, or as 02:30 for every day from today on.",
        ) from error
    raise ConfigError(
        f"the start '{text[:_LONGEST_ZONE]}' is out of range",
        hint=f"It lies in the years {FIRST_YEAR} to {LAST_YEAR}.",
    )


def _day(text: str) -> Weekday:
    folded = text.casefold()
    for each in Weekday:
        if folded in {each.short, each.name.casefold()}:
            return each
    raise ConfigError(
        f"there is no weekday '{text}'",
        hint=f"Days are: {', '.join(each.short for each in Weekday)}.",
    )


def _hours(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) <= len(str(MOST_HOURS)):
        found = int(text)
        if 1 <= found <= MOST_HOURS:
            return found
    raise ConfigError(
        f"the number of hours is '{text}'", hint=f"It is a whole number from 1 to {MOST_HOURS}."
    )
