"""Reading dates, times, durations and binaries into values that can be compared exactly."""

import re
from datetime import date

_PICOSECONDS = 10**12
_MINUTE = 60
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR
_LAST_HOUR, _LAST_MINUTE, _WIDEST_OFFSET_HOURS = 23, 59, 14

_DATE = r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)"
_CLOCK = r"(?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:\.(?P<fraction>\d{1,12}))?)?"
_ZONE = r"(?P<zone>Z|[+-]\d\d:\d\d)"

_date = re.compile(_DATE, re.ASCII)
_date_time = re.compile(rf"{_DATE}T{_CLOCK}{_ZONE}", re.ASCII | re.IGNORECASE)
_time = re.compile(_CLOCK, re.ASCII)
_duration = re.compile(
    r"(?P<sign>-?)P(?:(?P<days>\d{1,9})D)?"
    r"(?:T(?=\d)(?:(?P<hours>\d{1,9})H)?(?:(?P<minutes>\d{1,9})M)?"
    r"(?:(?P<seconds>\d{1,9})(?:\.(?P<fraction>\d{1,12}))?S)?)?",
    re.ASCII | re.IGNORECASE,
)
_binary = re.compile(r"[A-Za-z0-9_+/-]*={0,2}", re.ASCII)


def instant(text: str) -> int | None:
    """Return a date-time or a date (its midnight, UTC) as picoseconds, None if it is neither."""
    if match := _date_time.fullmatch(text):
        return _instant(match)
    return day(text)


def day(text: str) -> int | None:
    """Return a date's midnight, UTC, as picoseconds, None if it is no date of the calendar."""
    match = _date.fullmatch(text)
    return None if match is None else _scaled(_day_seconds(match))


def time_of_day(text: str) -> int | None:
    """Return a clock time as picoseconds after midnight, None if it is none."""
    match = _time.fullmatch(text)
    return None if match is None else _clock(match)


def duration(text: str) -> int | None:
    """Return an OData duration, such as `P1DT2H`, as picoseconds, None if it is none."""
    match = _duration.fullmatch(text)
    if match is None or text.upper().lstrip("-") == "P":
        return None
    parts = {name: int(match[name] or 0) for name in ("days", "hours", "minutes", "seconds")}
    seconds = parts["days"] * _DAY + parts["hours"] * _HOUR + parts["minutes"] * _MINUTE
    total = (seconds + parts["seconds"]) * _PICOSECONDS + _fraction(match["fraction"])
    return -total if match["sign"] else total


def binary(text: str) -> str | None:
    """Return base64 in the one spelling that Graph's JSON and its literals share."""
    if not _binary.fullmatch(text):
        return None
    return text.rstrip("=").replace("+", "-").replace("/", "_")


def _instant(match: re.Match[str]) -> int | None:
    seconds, clock, offset = _day_seconds(match), _clock(match), _offset_seconds(match["zone"])
    if seconds is None or clock is None or offset is None:
        return None
    return (seconds - offset) * _PICOSECONDS + clock


def _day_seconds(match: re.Match[str]) -> int | None:
    try:
        return date(int(match["year"]), int(match["month"]), int(match["day"])).toordinal() * _DAY
    except ValueError:
        return None


def _scaled(seconds: int | None) -> int | None:
    return None if seconds is None else seconds * _PICOSECONDS


def _clock(match: re.Match[str]) -> int | None:
    hour, minute, second = int(match["hour"]), int(match["minute"]), int(match["second"] or 0)
    if hour > _LAST_HOUR or minute > _LAST_MINUTE or second > _LAST_MINUTE:
        return None
    seconds = hour * _HOUR + minute * _MINUTE + second
    return seconds * _PICOSECONDS + _fraction(match["fraction"])


def _offset_seconds(zone: str) -> int | None:
    if zone in {"Z", "z"}:
        return 0
    hours, minutes = int(zone[1:3]), int(zone[4:6])
    if hours > _WIDEST_OFFSET_HOURS or minutes > _LAST_MINUTE:
        return None
    seconds = hours * _HOUR + minutes * _MINUTE
    return -seconds if zone[0] == "-" else seconds


def _fraction(digits: str | None) -> int:
    return int((digits or "0").ljust(12, "0"))
