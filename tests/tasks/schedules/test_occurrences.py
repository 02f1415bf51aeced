# ruff: noqa: DTZ001 - the time on a wall has no zone
"""When schedules are due: examples first, then laws for schedules of any kind and zone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from muster.tasks.schedules import (
    Frequency,
    Schedule,
    Weekday,
    from_document,
    judge,
    latest_until,
    next_after,
    to_document,
    upcoming,
)

BERLIN = "Europe/Berlin"
DAY = timedelta(days=1)
ZONES = (
    "UTC", BERLIN, "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu",
    "Africa/Casablanca", "America/Santiago", "Pacific/Kiritimati", "Antarctica/Troll",
)  # fmt: skip


def walls(schedule, after, count):
    zone = ZoneInfo(schedule.timezone)
    found = upcoming(schedule, after, count=count)
    return [f"{each.astimezone(zone):%Y-%m-%d %H:%M}" for each in found]


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("frequency", "start", "more", "expected"),
    [
        ("once", "2026-03-01 02:30", {}, ["2026-03-01 02:30"]),
        ("daily", "2026-03-01 02:30", {}, ["2026-03-01 02:30", "2026-03-02 02:30"]),
        ("hourly", "2026-03-01 02:30", {}, ["2026-03-01 02:30", "2026-03-01 03:30"]),
        ("every", "2026-03-01 02:30", {"hours": 7}, ["2026-03-01 02:30", "2026-03-01 09:30"]),
        ("weekly", "2026-03-01 02:30", {}, ["2026-03-01 02:30", "2026-03-08 02:30"]),
        (
            "weekly",
            "2026-03-01 02:30",
            {"days": frozenset({Weekday.MONDAY, Weekday.FRIDAY})},
            ["2026-03-02 02:30", "2026-03-06 02:30"],
        ),
        ("monthly", "2026-03-15 02:30", {}, ["2026-03-15 02:30", "2026-04-15 02:30"]),
    ],
)
def test_each_frequency_begins_at_its_start(frequency, start, more, expected):
    schedule = Schedule(Frequency(frequency), datetime.fromisoformat(start), BERLIN, **more)

    assert walls(schedule, utc("2026-01-01"), 2) == expected


def test_the_31st_is_the_last_day_of_a_shorter_month():
    schedule = Schedule(Frequency.MONTHLY, datetime(2027, 12, 31, 6, 0))

    assert walls(schedule, utc("2027-12-01"), 5) == [
        "2027-12-31 06:00", "2028-01-31 06:00", "2028-02-29 06:00", "2028-03-31 06:00",
        "2028-04-30 06:00",
    ]  # fmt: skip


def test_a_time_that_the_clock_skips_counts_on_with_the_old_offset():
    schedule = Schedule(Frequency.DAILY, datetime(2026, 3, 28, 2, 30), BERLIN)

    assert walls(schedule, utc("2026-03-27"), 3) == [
        "2026-03-28 02:30", "2026-03-29 03:30", "2026-03-30 02:30",
    ]  # fmt: skip


def test_of_a_time_that_the_clock_shows_twice_the_first_is_meant():
    schedule = Schedule(Frequency.DAILY, datetime(2026, 10, 24, 2, 30), BERLIN)

    assert upcoming(schedule, utc("2026-10-24 12:00"), count=2) == [
        utc("2026-10-25 00:30"),
        utc("2026-10-26 01:30"),
    ]


def test_hours_are_counted_as_they_pass_when_the_clocks_change():
    schedule = Schedule(Frequency.EVERY, datetime(2026, 10, 25, 0, 0), BERLIN, hours=4)

    assert walls(schedule, utc("2026-10-24"), 3) == [
        "2026-10-25 00:00", "2026-10-25 03:00", "2026-10-25 07:00",
    ]  # fmt: skip


def test_a_day_that_a_zone_left_out_is_not_run_twice():
    schedule = Schedule(Frequency.DAILY, datetime(2011, 12, 28, 10, 0), "Pacific/Apia")

    assert walls(schedule, utc("2011-12-27"), 4) == [
        "2011-12-28 10:00", "2011-12-29 10:00", "2011-12-31 10:00", "2012-01-01 10:00",
    ]  # fmt: skip


def test_a_continuous_one_is_due_a_minute_after_the_run_before():
    schedule = Schedule(Frequency.CONTINUOUS, datetime(2026, 3, 1, 2, 30))

    assert next_after(schedule, utc("2026-02-01")) == utc("2026-03-01 02:30")
    assert next_after(schedule, utc("2026-03-02 05:00")) == utc("2026-03-02 05:01")


def test_at_the_end_of_the_calendar_nothing_is_due_any_more():
    schedule = Schedule(Frequency.MONTHLY, datetime(2200, 12, 31))

    assert next_after(schedule, datetime.max.replace(tzinfo=UTC)) is None


@pytest.mark.parametrize(
    ("now", "due", "runs", "following"),
    [
        ("2026-03-05 02:30:20", "2026-03-05 02:30", True, "2026-03-06 02:30"),
        ("2026-03-05 06:29", "2026-03-05 02:30", True, "2026-03-06 02:30"),
        ("2026-03-05 06:31", "2026-03-05 02:30", False, "2026-03-06 02:30"),
        ("2026-03-09 03:00", "2026-03-09 02:30", True, "2026-03-10 02:30"),
        ("2026-03-09 20:00", "2026-03-09 02:30", False, "2026-03-10 02:30"),
    ],
)
def test_however_many_were_missed_one_runs_if_it_is_within_grace(now, due, runs, following):
    schedule = Schedule(Frequency.DAILY, datetime(2026, 3, 1, 2, 30))

    verdict = judge(schedule, utc("2026-03-05 02:30"), now=utc(now), grace=timedelta(hours=4))

    assert (verdict.due_at, verdict.runs, verdict.next_at) == (utc(due), runs, utc(following))


def test_without_grace_a_scheduler_may_still_look_a_minute_late():
    schedule = Schedule(Frequency.ONCE, datetime(2026, 3, 1, 2, 30))
    due = utc("2026-03-01 02:30")

    late = [
        judge(schedule, due, now=due + timedelta(seconds=s), grace=timedelta()) for s in (60, 61)
    ]

    assert [each.runs for each in late] == [True, False]
    assert late[0].next_at is None


instants = st.datetimes(datetime(1975, 1, 1), datetime(2190, 1, 1), timezones=st.just(UTC))
schedules = st.builds(
    Schedule,
    st.sampled_from([each for each in Frequency if each is not Frequency.CONTINUOUS]),
    st.datetimes(datetime(1970, 1, 2), datetime(2180, 1, 1)).map(
        lambda at: at.replace(microsecond=0)
    ),
    st.sampled_from(ZONES),
    st.just(frozenset()),
    st.just(1),
)
weekly = st.builds(
    Schedule,
    st.just(Frequency.WEEKLY),
    st.datetimes(datetime(1970, 1, 2), datetime(2180, 1, 1)).map(
        lambda at: at.replace(microsecond=0)
    ),
    st.sampled_from(ZONES),
    st.frozensets(st.sampled_from(Weekday), min_size=1),
)
every = st.builds(
    Schedule,
    st.just(Frequency.EVERY),
    st.datetimes(datetime(1970, 1, 2), datetime(2180, 1, 1)).map(
        lambda at: at.replace(microsecond=0)
    ),
    st.sampled_from(ZONES),
    hours=st.integers(1, 8784),
)
any_schedule = schedules | weekly | every


@given(any_schedule, instants)
def test_what_is_next_comes_after_and_nothing_lies_between(schedule, moment):
    found = next_after(schedule, moment)

    assume(found is not None)
    assert found > moment
    assert next_after(schedule, found - timedelta(seconds=1)) == found
    between = moment + (found - moment) / 2
    assert next_after(schedule, between) == found or between >= found


@given(any_schedule, instants)
@example(Schedule(Frequency.DAILY, datetime(2026, 3, 28, 2, 30), BERLIN), utc("2026-03-27"))
def test_every_time_shows_the_time_of_day_of_the_start_unless_the_clock_skips_it(schedule, moment):
    assume(schedule.frequency in {Frequency.DAILY, Frequency.WEEKLY, Frequency.MONTHLY})
    zone = ZoneInfo(schedule.timezone)

    for found in upcoming(schedule, moment, count=3):
        shown = found.astimezone(zone)
        before = (found - DAY).astimezone(zone).utcoffset()
        assert shown.time() == schedule.start.time() or shown.utcoffset() != before


@given(any_schedule, instants, st.integers(0, 400))
def test_the_latest_until_now_is_the_last_before_the_next(schedule, moment, days):
    since = next_after(schedule, moment)
    assume(since is not None and since.year < 2190)
    now = since + timedelta(days=days, minutes=days)

    latest = latest_until(schedule, now, since=since)

    assert since <= latest <= now
    following = next_after(schedule, latest)
    assert following is None or following > now


@given(any_schedule)
def test_what_is_stored_of_a_schedule_is_read_as_the_same(schedule):
    assert from_document(to_document(schedule)) == schedule


def test_what_is_stored_of_none_is_none():
    assert from_document(to_document(None)) is None
