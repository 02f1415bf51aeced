"""The history of an asset tells which of its services came, went and changed."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inventory.history.test_things import changes, device, sync
from inventory.ingest.feeding import complete, host, ingest, service
from muster.core.records import Collection
from muster.inventory import engine
from muster.inventory.ingest import Ingestion
from muster.inventory.models import Asset
from muster.inventory.search import ids
from muster.inventory.selectors import asset_history, run_counts

pytestmark = pytest.mark.django_db

END = complete("runzero", Collection.SERVICES)


def scan(scope, now, run_id, *records, batch=1000):
    """A scan of one host, a day after the one before it."""
    told = [host("s", "ws-1"), *records, END]
    return ingest(scope, told, at=now + timedelta(days=run_id), run_id=run_id, batch=batch)


def test_a_port_that_opens_closes_or_answers_otherwise_is_told(scope, now):
    scan(scope, now, 1, service("s", 22), service("s", 80, protocols=("http",), product="nginx 1"))
    scan(scope, now, 2, service("s", 443), service("s", 80, protocols=("http",), product="nginx 2"))

    changed, first = asset_history(scope, "ws-1").entries

    assert first.events == ["new"]
    assert (changed.events, changed.run_id, changed.record) == (["changed"], 2, "runzero s")
    assert [(each.attribute, each.old, each.new, each.is_many) for each in changed.changes] == [
        (
            "service",
            "80/tcp on 10.0.0.1: http, nginx 1",
            "443/tcp on 10.0.0.1\t80/tcp on 10.0.0.1: http, nginx 2",
            True,
        ),
        ("service", "22/tcp on 10.0.0.1", "", True),
    ]


def test_what_a_new_host_and_one_that_joins_bring_along_is_no_change(scope, now):
    sync(scope, now, 1, device("a", "ws-1"))

    scan(scope, now, 2, service("s", 22), service("s", 80), batch=1)
    ingest(scope, [host("t", "ws-2"), service("t", 22)], at=now, run_id=3, batch=1)

    assert changes(asset_history(scope, "ws-1")) == []
    assert changes(asset_history(scope, "ws-2")) == []


def test_a_banner_alone_is_no_change(scope, now):
    scan(scope, now, 1, service("s", attributes={"banner": "at noon"}))

    scan(scope, now, 2, service("s", transport="TCP", attributes={"banner": "at one"}))

    assert changes(asset_history(scope, "ws-1")) == []
    assert Asset.objects.get().changed_at is None


def test_an_asset_whose_services_change_is_found_and_reported(scope, now):
    scan(scope, now, 1)

    scan(scope, now, 2, service("s", 22))

    at = now + timedelta(days=2, hours=1)
    for text in ("changed:<1day", "changed_attribute:=service"):
        assert len(list(ids(scope, text, now=at, inventory="assets"))) == 1, text
    assert run_counts(scope, 2)["assets"]["changed"] == 1


def test_a_batch_that_is_told_twice_tells_its_changes_once(scope, now):
    scan(scope, now, 1, service("s", 22))

    for _ in range(2):
        scan(scope, now, 2, service("s", 22), service("s", 80))

    assert changes(asset_history(scope, "ws-1")) == [("service", "", "80/tcp on 10.0.0.1")]


def test_services_that_come_before_their_host_are_told_too(scope, now):
    scan(scope, now, 1)
    records = [service("s", 22), host("s", "ws-1"), END]
    ingestion = Ingestion(
        scope,
        source="runzero",
        source_id=1,
        instance="tenant",
        site=scope.site(),
        run_id=2,
        at=now,
    )
    for each in records:
        ingestion.take([each])
    ingestion.finish()

    assert changes(asset_history(scope, "ws-1")) == [("service", "", "22/tcp on 10.0.0.1")]


def test_what_is_removed_leaves_nothing_of_its_services_in_the_history(scope, now):
    from inventory.retention.aging import expire, keep

    scan(scope, now, 1, service("s", 22))
    scan(scope, now, 2, service("s", 80))
    keep(scope, at=now, expiration_assets_stale=1)

    expire(scope, at=now + timedelta(days=99))

    assert engine.rows("SELECT COUNT(*) FROM history_key")[0][0] == 0


PRODUCTS = st.sampled_from(["", "nginx", "apache\t2", "x" * 150])
STATES = st.lists(st.dictionaries(st.integers(1, 4), PRODUCTS), min_size=1, max_size=5)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(states=STATES, size=st.integers(1, 4))
def test_the_changes_lead_from_the_first_services_to_the_last(scope, now, states, size):
    with transaction.atomic():
        for run_id, state in enumerate(states, start=1):
            told = [service("s", port, product=product) for port, product in state.items()]
            scan(scope, now, run_id, *told, batch=size)
        entries = asset_history(scope, "ws-1").entries
        transaction.set_rollback(True)

    assert replayed(states[0], entries) == words(states[-1])


def replayed(state, entries):
    found = words(state)
    for entry in reversed(entries):
        for change in entry.changes:
            found -= set(filter(None, change.old.split("\t")))
            found |= set(filter(None, change.new.split("\t")))
    return found


def words(state):
    return {
        f"{port}/tcp on 10.0.0.1" + (f": {product}".replace("\t", " ") if product else "")
        for port, product in state.items()
    }
