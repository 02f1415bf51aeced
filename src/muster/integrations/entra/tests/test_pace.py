import asyncio
from datetime import timedelta

from muster.core.http import Outside
from muster.integrations.entra.pace import MOST_SAVED_UNITS, Pace
from muster.integrations.entra.tests.tenant import Clock


def paced():
    clock = Clock()
    outside = Outside(sleep=clock.sleep, monotonic=clock.monotonic)
    return Pace(outside), clock


async def _turns(pace, *costs):
    for cost in costs:
        async with pace.turn(cost):
            pass


def test_good_answers_open_more_slots_up_to_a_limit():
    pace, _ = paced()

    before = pace.slots
    for _ in range(100):
        pace.saw({}, expected=1)

    assert (before, pace.slots) == (4, 8)


def test_a_throttled_answer_halves_the_slots_and_never_closes_the_last():
    pace, _ = paced()

    pace.throttled(timedelta())
    after_one = pace.slots
    for _ in range(10):
        pace.throttled(timedelta())

    assert (after_one, pace.slots) == (2, 1)


def test_nearing_the_limit_takes_a_slot_away_before_it_comes_to_a_429():
    pace, _ = paced()

    pace.saw({"x-ms-throttle-limit-percentage": "0.9"}, expected=1)

    assert pace.slots == 3


def test_a_header_that_is_no_number_is_ignored():
    pace, _ = paced()

    pace.saw({"x-ms-throttle-limit-percentage": "much", "x-ms-resource-unit": "?"}, expected=1)

    assert pace.slots == 4


def test_everyone_waits_while_a_told_pause_lasts():
    pace, clock = paced()

    pace.throttled(timedelta(seconds=12))
    asyncio.run(_turns(pace, 1))

    assert clock.slept == [12.0]


def test_the_budget_of_resource_units_is_kept():
    pace, clock = paced()

    asyncio.run(_turns(pace, int(MOST_SAVED_UNITS), 350))

    assert clock.slept == [1.0]


def test_what_graph_charges_beyond_the_expectation_is_paid():
    pace, clock = paced()

    pace.saw({"x-ms-resource-unit": str(int(MOST_SAVED_UNITS) + 1)}, expected=1)
    asyncio.run(_turns(pace, 350))

    assert clock.slept == [1.0]


def test_no_more_run_at_once_than_there_are_slots():
    pace, _ = paced()
    running, most = [], []

    async def one():
        async with pace.turn(1):
            running.append(1)
            most.append(len(running))
            await asyncio.sleep(0)
            running.pop()

    async def many():
        await asyncio.gather(*(one() for _ in range(20)))

    asyncio.run(many())

    assert max(most) == 4
