"""Instants as people type them: ages, `now`, dates, Unix seconds."""

import re
from dataclasses import dataclass, replace
from datetime import MAXYEAR, UTC, datetime, timedelta
from decimal import Decimal

from muster.query.ast import Operator
from muster.query.values.numbers import Interval, compared, number

EARLIEST, LATEST = -62_135_596_800, 253_402_300_799
"""Unix seconds of the years 1 and 9999; what lies beyond counts as these."""

_DAY = 86_400
_MONTHS = 12
_UNITS = {
    "second": 1,
    "minute": 60,
    "hour": 3_600,
    "day": _DAY,
    "week": 7 * _DAY,
    "month": 30 * _DAY,
    "year": 365 * _DAY,
}
_SHORT_UNITS = {
    "s": "second",
    "sec": "second",
    "min": "minute",
    "h": "hour",
    "hr": "hour",
    "d": "day",
    "w": "week",
    "wk": "week",
    "mo": "month",
    "y": "year",
    "yr": "year",
}
_AGE = re.compile(r"([0-9]{1,15}(?:\.[0-9]{1,6})?)\s*([a-z]+?)(s?)(?:\s+ago)?")
_MINUTES_OR_MONTHS = re.compile(r"([0-9]{1,15})\s*m")
_YEAR = re.compile(r"[1-9][0-9]{3}")
_MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DATE_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[t ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?"
    r"(?:z|[+-][0-9]{2}:?[0-9]{2})?"
)

_TURNED = {
    Operator.LESS: Operator.GREATER,
    Operator.LESS_OR_EQUAL: Operator.GREATER_OR_EQUAL,
    Operator.GREATER: Operator.LESS,
    Operator.GREATER_OR_EQUAL: Operator.LESS_OR_EQUAL,
}


@dataclass(frozen=True, slots=True)
class Age:
    """A length of time in seconds, counted from now."""

    seconds: int


@dataclass(frozen=True, slots=True)
class Span:
    """Unix seconds from `start` to before `end`: a day, or a single second."""

    start: int
    end: int


def age(text: str) -> Age | None:
    """Return a length of time, None if the text is none. Months have 30 days, years 365."""
    matched = _AGE.fullmatch(text.strip().casefold())
    if matched is None:
        return None
    amount, unit, plural = matched.groups()
    known = _SHORT_UNITS.get(unit, unit)
    if known not in _UNITS:
        known = _SHORT_UNITS.get(unit + plural, unit + plural)
    return Age(int(Decimal(amount) * _UNITS[known])) if known in _UNITS else None


def ambiguous(text: str) -> str | None:
    """Return the number of `30m`, which may be minutes or months; None for other text."""
    matched = _MINUTES_OR_MONTHS.fullmatch(text.strip().casefold())
    return matched[1] if matched else None


def span(text: str, *, now: datetime) -> Span | None:
    """Return when `now`, a date, a date with time, or Unix seconds mean; None for other text.

    A year, month or day means the whole of it in UTC; an instant without a zone is UTC.
    """
    stripped = text.strip().casefold()
    if stripped == "now":
        return _second(int(now.timestamp()))
    if _YEAR.fullmatch(stripped):
        return _months(int(stripped), 1, many=_MONTHS)
    if (seconds := number(stripped)) is not None:
        return _second(int(seconds))
    return _dated(stripped)


def _dated(text: str) -> Span | None:
    if _MONTH.fullmatch(text):
        year, month = text.split("-")
        return _months(int(year), int(month), many=1)
    is_day = _DATE.fullmatch(text) is not None
    if not is_day and _DATE_TIME.fullmatch(text) is None:
        return None
    at = _parsed(text)
    if at is None:
        return None
    return Span(at, at + _DAY) if is_day else _second(at)


def shifted(now: datetime, by: int) -> int:
    """Return the Unix seconds of an instant so many seconds from now, within the calendar."""
    return clamped(int(now.timestamp()) + by)


def clamped(seconds: int) -> int:
    """Return Unix seconds, or the nearest that the calendar has."""
    return max(EARLIEST, min(LATEST, seconds))


def _months(year: int, month: int, *, many: int) -> Span | None:
    """Return so many months from the first day of one; None if there is no such month."""
    if not (year and 1 <= month <= _MONTHS):
        return None
    behind = year * _MONTHS + month - 1 + many
    return Span(_first_day(year, month), _first_day(behind // _MONTHS, behind % _MONTHS + 1))


def _first_day(year: int, month: int) -> int:
    if year > MAXYEAR:
        return LATEST + 1
    return int(datetime(year, month, 1, tzinfo=UTC).timestamp())


def _second(at: int) -> Span:
    return Span(clamped(at), clamped(at) + 1)


def _parsed(text: str) -> int | None:
    try:
        instant = datetime.fromisoformat(text.upper())
    except ValueError:
        return None
    aware = instant if instant.tzinfo else instant.replace(tzinfo=UTC)
    return int((aware - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(seconds=1) // 1)


def within(operator: Operator, text: str, *, now: datetime, is_future: bool) -> Interval | None:
    """Return the Unix seconds that typed text asks for; None if it means no time.

    An age looks back: `<2weeks` is younger than two weeks, `>30days` older. On instants that can
    lie ahead it looks forward: `<6weeks` is before six weeks from now. A date or `now` is simply
    before or after. Zero seconds mean "never" and are in no interval of time.
    """
    if (length := age(text)) is not None:
        return _by_age(operator, length, now=now, is_future=is_future)
    meant = span(text, now=now)
    return None if meant is None else by_span(operator, meant)


def _by_age(operator: Operator, length: Age, *, now: datetime, is_future: bool) -> Interval | None:
    if operator in {Operator.CONTAINS, Operator.EQUAL}:
        return None
    if is_future:
        return _real(compared(operator, shifted(now, length.seconds)))
    return _real(compared(_TURNED[operator], shifted(now, -length.seconds)))


def by_span(operator: Operator, meant: Span) -> Interval:
    """Return the Unix seconds that stand so to a span: `<=` and `>` mean its end."""
    match operator:
        case Operator.LESS | Operator.GREATER_OR_EQUAL:
            return _real(compared(operator, meant.start))
        case Operator.LESS_OR_EQUAL:
            return _real(compared(Operator.LESS, meant.end))
        case Operator.GREATER:
            return _real(compared(Operator.GREATER_OR_EQUAL, meant.end))
        case Operator.EQUAL | Operator.CONTAINS:
            return Interval(low=meant.start, high=meant.end, has_high=False)


def _real(interval: Interval) -> Interval:
    return interval if interval.low is not None else replace(interval, low=0, has_low=False)
