"""What a sync of changes asks for. That it leads where a whole one leads is tested in tests/tasks."""

import pytest

from muster.core.records import AssetRecord, CollectionReport, RemovedRecord, StateRecord
from muster.core.source import SilentProgress
from muster.integrations.entra.delta import Changes
from muster.runner import Plan, Step, run
from muster.simulator.demo import demo_server, demo_tenant
from muster.simulator.testing import start_in_thread


@pytest.fixture(scope="module")
def simulator():
    tenant = demo_tenant(devices=15_000, users=10_000, groups=1500)
    with start_in_thread(demo_server(tenant)) as running:
        yield running


def collected(simulator, *, state=None):
    records, progress = [], SilentProgress()
    demo = simulator.demo
    secret = {
        "client_id": demo.client_id,
        "client_secret": demo.client_secret,
        "tenant_id": demo.tenant_id,
    }
    endpoints = {"login": simulator.url, "graph": simulator.url}
    step = Step("azuread", secret=secret, endpoints=endpoints, state=state)
    (report,) = run(Plan((step,)), records.extend, progress=progress)
    assert report.complete, report.error
    return records, progress


def of(kind, records):
    return [each for each in records if isinstance(each, kind)]


def assets(records):
    return {each.id: each for each in of(AssetRecord, records)}


def test_one_in_a_hundred_changed_costs_a_tenth_of_the_requests(simulator):
    everything, whole = collected(simulator, state={})
    (state,) = of(StateRecord, everything)
    simulator.evolve(seed=1, share=0.01)

    _changes, few = collected(simulator, state=state.state)

    assert few.counts["requests"] * 10 <= whole.counts["requests"]


def test_exactly_what_differs_is_told_and_as_a_sync_of_everything_tells_it(simulator):
    everything, _ = collected(simulator, state={})
    (state,) = of(StateRecord, everything)
    deeds = simulator.evolve(seed=2, share=0.01)["counts"]

    changes, _ = collected(simulator, state=state.state)

    before, told, after = (
        assets(each) for each in (everything, changes, collected(simulator, state={})[0])
    )
    gone = {each.id for each in of(RemovedRecord, changes) if each.collection == "assets"}
    differing = {key for key, each in after.items() if each != before.get(key)}
    assert all(each.is_delta for each in of(CollectionReport, changes))
    assert before.keys() - after.keys() == gone & before.keys()
    assert {key: after[key] for key in told} == told
    # Of a user that came back the devices are told too, for they have their owner again.
    assert differing <= told.keys()
    assert len(told.keys() - differing) <= 3 * deeds["users restored"]


def test_nobody_is_asked_for_links_that_nobody_keeps(simulator):
    simulator.forget_requests()

    records, _progress = collected(simulator)

    assert of(StateRecord, records) == []
    assert not any("/delta" in each["path"] for each in simulator.requests())


@pytest.mark.parametrize("link", ["https://elsewhere.example/v1.0/users/delta?$deltatoken=x", ""])
def test_a_link_that_leads_elsewhere_is_not_followed(simulator, link):
    state = dict.fromkeys(("devices", "users", "groups"), link)

    records, _progress = collected(simulator, state={**state, "at": "2026-11-23T12:00:00+00:00"})

    assert not any(each.is_delta for each in of(CollectionReport, records))
    assert len(of(StateRecord, records)) == 1


@pytest.mark.parametrize("why", [{"reason": "deleted"}, {"reason": "changed"}, {}])
def test_the_last_row_of_an_object_counts_for_whatever_reason_it_is_removed(why):
    changes = Changes()
    added = {"id": "m", "@odata.type": "#microsoft.graph.user"}
    removed = {"@removed": why}

    for row in (
        {"id": "a", "displayName": "A"},
        {"id": "a", **removed},
        {"id": "b", **removed},
        {"id": "b", "displayName": "B", "createdDateTime": "2026-01-01T00:00:00Z"},
        {"id": "g", "members@delta": [added]},
        {"id": "g", "members@delta": [{"id": "m", **removed}]},
    ):
        changes.add(row)

    assert (changes.removed, changes.changed, changes.new) == ({"a"}, {"b"}, {"b"})
    assert changes.members == {("g", "m"): None}
