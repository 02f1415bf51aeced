"""The two limits of a scan, with a clock of our own."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muster.scan.pace import UNLIMITED, Pace


def _drive(pace: Pace, hosts: list[str], *, seconds: float, late: float = 0.0) -> list[tuple]:
    """Send as much as is allowed for a while; every packet leaves up to `late` after its turn."""
    left, now, turn = [], 0.0, 0
    while now < seconds:
        host = hosts[turn % len(hosts)]
        wait = pace.take(host, now)
        if not wait:
            left.append((now + (late if turn % 3 == 0 else 0.0), host))
            turn += 1
            continue
        turn += 1
        now += min(wait, 0.004)
    return left


def _most_in_a_second(times: list[float]) -> int:
    times = sorted(times)
    most, start = 0, 0
    for end, at in enumerate(times):
        while at - times[start] >= 1.0:
            start += 1
        most = max(most, end - start + 1)
    return most


def test_one_host_never_gets_more_than_its_share_in_any_second():
    sent = _drive(Pace(rate=1000, host_rate=40), ["10.0.0.1"], seconds=6, late=0.02)

    assert 38 <= _most_in_a_second([at for at, _ in sent]) <= 40


def test_all_together_get_the_rate_within_two_percent():
    hosts = [f"10.0.0.{each}" for each in range(1, 101)]

    sent = _drive(Pace(rate=1000, host_rate=40), hosts, seconds=5)

    assert 4900 <= len(sent) <= 5000
    assert _most_in_a_second([at for at, _ in sent]) <= 1020


def test_hosts_share_evenly():
    hosts = [f"10.0.0.{each}" for each in range(1, 101)]

    shares = Counter(
        host for _, host in _drive(Pace(rate=1000, host_rate=40), hosts, seconds=5)
    ).values()

    assert max(shares) <= 2 * min(shares)


def test_a_pause_of_the_machine_is_caught_up_with_but_not_at_once():
    pace = Pace(rate=1000, host_rate=UNLIMITED)
    pace.take("10.0.0.1", 0.0)
    now, left = 0.5, []  # half a second in which nobody could send
    while now < 4.5:
        if pace.take("10.0.0.1", now):
            now += 0.001
        else:
            left.append(now)

    assert _most_in_a_second(left) <= 1020
    assert len(left) >= 4000


@pytest.mark.parametrize("rate", [0.5, 1, 7, 40, 1000])
def test_any_rate_is_kept(rate):
    sent = _drive(Pace(rate=UNLIMITED, host_rate=rate), ["10.0.0.1"], seconds=10)

    assert _most_in_a_second([at for at, _ in sent]) <= max(1, rate)
    assert len(sent) >= 0.9 * rate * 10 - 1


def test_what_the_system_will_send_counts_from_the_start():
    pace = Pace(rate=UNLIMITED, host_rate=4)
    assert pace.take("10.0.0.1", 0.0, packets=1, reserve=3) == 0

    assert pace.take("10.0.0.1", 0.5) > 0
    pace.cancel("10.0.0.1", 3)
    assert pace.take("10.0.0.1", 0.5) == 0


def test_what_was_reserved_counts_when_it_is_sent():
    pace = Pace(rate=UNLIMITED, host_rate=2)
    pace.take("10.0.0.1", 0.0, packets=1, reserve=1)
    pace.spend("10.0.0.1", 5.0, packets=1)

    assert pace.take("10.0.0.1", 5.5, packets=2) > 0
    assert pace.take("10.0.0.1", 7.0, packets=2) == 0


def test_a_host_that_answers_badly_gets_less():
    pace = Pace(rate=UNLIMITED, host_rate=40)
    pace.slow_down("10.0.0.1")

    slow = _drive(pace, ["10.0.0.1"], seconds=4)

    assert 60 <= len(slow) <= 100


def test_without_limits_everything_goes_at_once():
    pace = Pace(rate=UNLIMITED, host_rate=UNLIMITED)

    assert not pace.is_limited
    assert not any(pace.take("10.0.0.1", 0.0) for _ in range(1000))


def test_a_large_scope_does_not_fill_the_memory():
    pace = Pace(rate=UNLIMITED, host_rate=40)

    for number in range(100_000):
        pace.take(f"host {number}", number / 1000)

    assert len(pace._hosts) <= 20_000


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 3), st.floats(0, 0.3)), max_size=200))
def test_no_second_ever_holds_more_than_allowed(steps):
    pace, now, left = Pace(rate=30, host_rate=10), 0.0, []
    for host, pause in steps:
        now += pause
        if not pace.take(str(host), now):
            left.append((now, host))

    assert _most_in_a_second([at for at, _ in left]) <= 31
    for host in range(4):
        assert _most_in_a_second([at for at, each in left if each == host]) <= 10
