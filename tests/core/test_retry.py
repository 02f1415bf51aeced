from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muster.core.retry import BROKEN, THROTTLED, UNREACHABLE, Retries, RetryPolicy, told_wait

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("2", 2.0),
        ("2.128", 2.128),
        (" 7 ", 7.0),
        ("0", 0.0),
        ("Mon, 23 Nov 2026 12:00:30 GMT", 30.0),
        ("Mon, 23 Nov 2026 11:00:00 GMT", 0.0),
        (None, None),
        ("", None),
        ("-5", None),
        ("soon", None),
        ("nan", None),
        ("inf", None),
        ("1e300", None),
        ("Mon, 99 Nov 2026", None),
    ],
)
def test_a_retry_after_is_read_in_every_form_or_not_at_all(value, seconds):
    expected = None if seconds is None else timedelta(seconds=seconds)

    assert told_wait(value, NOW) == expected


def test_waits_without_a_told_time_double_up_to_a_ceiling():
    retries = Retries(draw=lambda: 1.0)

    waits = [retries.next_wait(THROTTLED) for _ in range(8)]

    assert [each.total_seconds() for each in waits if each] == [1, 2, 4, 8, 16, 32, 60, 60]


def test_waits_are_jittered_from_zero():
    assert Retries(draw=lambda: 0.0).next_wait(BROKEN) == timedelta()


def test_a_told_time_is_never_cut_short():
    wait = Retries(draw=lambda: 0.0).next_wait(BROKEN, timedelta(seconds=9))

    assert wait == timedelta(seconds=9)


def test_a_told_time_beyond_patience_is_given_up_at_once():
    assert Retries(draw=lambda: 0.0).next_wait(THROTTLED, timedelta(hours=1)) is None


@given(
    draws=st.lists(st.floats(0, 1), min_size=60, max_size=60),
    told=st.none() | st.floats(0, 100).map(lambda seconds: timedelta(seconds=seconds)),
    policy=st.sampled_from([THROTTLED, BROKEN, UNREACHABLE, RetryPolicy(attempts=50)]),
)
def test_every_policy_ends_within_its_attempts_and_its_patience(draws, told, policy):
    retries = Retries(draw=iter(draws).__next__)

    waits = []
    while (wait := retries.next_wait(policy, told)) is not None:
        waits.append(wait)

    assert len(waits) < policy.attempts
    assert sum(waits, timedelta()) <= policy.patience
