# ruff: noqa: DTZ001 - the time on a wall has no zone
"""Reading what people give for a schedule, and refusing the rest in one sentence."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muster.core.errors import ConfigError
from muster.tasks.schedules import Weekday, from_document, in_words, read, to_document

NOW = datetime(2026, 11, 23, 23, 30, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("", datetime(2026, 11, 24, 0, 30, 15)),
        ("02:30", datetime(2026, 11, 24, 2, 30)),
        ("7:05", datetime(2026, 11, 24, 7, 5)),
        ("2026-12-01 02:30", datetime(2026, 12, 1, 2, 30)),
        ("2026-12-01", datetime(2026, 12, 1)),
        ("2026-12-01T02:30:00Z", datetime(2026, 12, 1, 3, 30)),
        ("2026-12-01T02:30:00-05:00", datetime(2026, 12, 1, 8, 30)),
    ],
)
def test_a_start_is_a_time_on_the_wall_of_its_zone(start, expected):
    assert read("daily", now=NOW, start=start, timezone="Europe/Berlin").start == expected


def test_days_are_read_short_and_long_and_in_lists():
    schedule = read("weekly", now=NOW, days=["mon, Friday", "SUN"])

    assert schedule.days == {Weekday.MONDAY, Weekday.FRIDAY, Weekday.SUNDAY}


@pytest.mark.parametrize(
    ("given_", "said"),
    [
        ({"frequency": "yearly"}, "no frequency 'yearly'"),
        ({"frequency": "daily", "timezone": "Mars/Olympus"}, "no time zone 'Mars/Olympus'"),
        ({"frequency": "daily", "timezone": "../../etc/passwd"}, "no time zone"),
        ({"frequency": "daily", "timezone": "/etc/localtime"}, "no time zone"),
        ({"frequency": "daily", "timezone": "A\0"}, "no time zone"),
        ({"frequency": "daily", "start": "tomorrow"}, "the start 'tomorrow' cannot be read"),
        ({"frequency": "daily", "start": "25:00"}, "cannot be read"),
        ({"frequency": "daily", "start": "9999-12-31"}, "out of range"),
        ({"frequency": "daily", "start": "0001-01-01T00:00:00+14:00"}, "out of range"),
        ({"frequency": "daily", "days": ["mon"]}, "has no days"),
        ({"frequency": "weekly", "days": ["noday"]}, "no weekday 'noday'"),
        ({"frequency": "daily", "hours": "3"}, "no number of hours"),
        ({"frequency": "every", "hours": "0"}, "the number of hours is '0'"),
        ({"frequency": "every", "hours": "-1"}, "the number of hours is '-1'"),
        ({"frequency": "every", "hours": "9" * 5000}, "the number of hours is"),
        ({"frequency": "every"}, "the number of hours is ''"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_a_sentence(given_, said):
    frequency = given_.pop("frequency")

    with pytest.raises(ConfigError) as caught:
        read(frequency, now=NOW, **given_)

    assert said in caught.value.message
    assert caught.value.hint


@given(
    st.dictionaries(
        st.sampled_from(["frequency", "start", "timezone", "days", "hours", "x"]),
        st.none() | st.text(max_size=9) | st.integers() | st.just(["mon"]),
    )
)
def test_a_document_is_read_or_refused_whatever_it_holds(document):
    schedule = None
    with suppress(ConfigError):
        schedule = from_document(document)

    assert schedule is None or from_document(to_document(schedule)) == schedule


@pytest.mark.parametrize(
    ("frequency", "more", "said"),
    [
        ("once", {}, "once at 2026-12-31 02:30 (UTC)"),
        ("hourly", {}, "hourly at minute 30 (UTC)"),
        ("every", {"hours": "6"}, "every 6 hours from 2026-12-31 02:30 (UTC)"),
        ("daily", {}, "daily at 02:30 (UTC)"),
        ("weekly", {"days": ["fri", "mon"]}, "weekly on mon, fri at 02:30 (UTC)"),
        ("monthly", {}, "monthly on day 31, or the last day of a shorter month, at 02:30 (UTC)"),
        ("continuous", {}, "continuously from 2026-12-31 02:30 (UTC)"),
    ],
)
def test_a_schedule_is_said_in_words(frequency, more, said):
    assert in_words(read(frequency, now=NOW, start="2026-12-31 02:30", **more)) == said
