"""Which runs are next: laws for any queue, and the case of a thousand due tasks."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from muster.tasks.worker.fairness import Waiting, next_runs

LIMITS = {"organization": 3, "tenant": 2, "explorer": 1}


def waiting(run, organization, tenant=None, explorer=None):
    lanes = {"organization": organization, "tenant": tenant, "explorer": explorer}
    return Waiting(run, organization, tuple((k, v) for k, v in lanes.items() if v is not None))


queues = st.lists(
    st.tuples(st.integers(1, 5), st.none() | st.integers(1, 6), st.none() | st.integers(1, 3)),
    max_size=40,
).map(lambda rows: [waiting(number, *row) for number, row in enumerate(rows)])


def test_a_thousand_due_tasks_of_one_organization_do_not_keep_another_waiting():
    crowd = [waiting(number, 1) for number in range(1000)]
    others = [waiting(1000 + number, 2 + number) for number in range(9)]

    chosen = next_runs([*crowd, *others], going=[], limits={}, free=20)

    assert {each.organization for each in chosen[:10]} == set(range(1, 11))
    assert len(chosen) == 20


def test_organizations_are_served_alike_until_all_is_done():
    crowd = [waiting(number, 1 + number % 10) for number in range(1000)]

    going: list[Waiting] = []
    served: Counter[int] = Counter()
    while crowd:
        chosen = next_runs(crowd, going=going, limits={"organization": 1}, free=10)
        served.update(each.organization for each in chosen)
        assert max(served.values()) - min(served.values()) <= 1
        crowd = [each for each in crowd if each not in chosen]

    assert set(served.values()) == {100}


def test_whoever_has_runs_going_waits_for_those_who_have_none():
    chosen = next_runs([waiting(1, 1), waiting(2, 2)], going=[waiting(0, 1)], limits={}, free=1)

    assert [each.run for each in chosen] == [2]


def test_a_run_that_has_no_room_does_not_block_the_next_of_its_organization():
    queue = [waiting(1, 1, tenant=7), waiting(2, 1, tenant=8)]

    chosen = next_runs(queue, going=[waiting(0, 2, tenant=7)], limits={"tenant": 1}, free=2)

    assert [each.run for each in chosen] == [2]


@given(queues, queues, st.integers(0, 12))
def test_no_limit_is_passed_nothing_is_chosen_twice_and_nothing_idles(queue, going, free):
    chosen = next_runs(queue, going=going, limits=LIMITS, free=free)

    assert len(chosen) == len({each.run for each in chosen}) <= free
    assert all(each in queue for each in chosen)
    before = Counter(lane for each in going for lane in each.lanes)
    after = before + Counter(lane for each in chosen for lane in each.lanes)
    grown = {lane for lane in after if after[lane] > before[lane]}
    assert all(after[lane] <= LIMITS[lane[0]] for lane in grown)
    if len(chosen) < free:
        left = [each for each in queue if each not in chosen]
        assert all(any(after[lane] >= LIMITS[lane[0]] for lane in each.lanes) for each in left)
