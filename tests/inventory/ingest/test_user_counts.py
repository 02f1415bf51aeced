"""How many users a group has, whatever comes first and whichever run is killed on the way."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inventory.ingest.feeding import complete, device, ingest
from inventory.ingest.test_collections import group, member, user
from muster.core.records import Collection, RemovedRecord
from muster.inventory import engine
from muster.inventory.ingest import Ingestion
from muster.inventory.models import DirectoryGroup, Feed

pytestmark = pytest.mark.django_db


def counts():
    return dict(DirectoryGroup.objects.values_list("foreign_id", "user_count"))


def test_a_group_that_comes_a_run_after_its_members_counts_them(scope, now):
    ingest(scope, [user("u"), member("g", "u"), member("g", "v")], at=now)

    ingest(scope, [group("g"), group("empty")], at=now, run_id=2)

    assert counts() == {"g": 2, "empty": 0}


@pytest.mark.parametrize("late", [group("m"), device("m", "ws-1")])
def test_a_member_that_turns_out_to_be_no_user_is_counted_no_more(scope, now, late):
    ingest(scope, [group("g"), member("g", "m"), member("g", "u")], at=now)

    ingest(scope, [late], at=now, run_id=2)

    assert counts()["g"] == 1


def test_what_a_killed_run_stored_is_counted_by_the_next_of_its_feed(scope, now):
    killed(scope, [group("g"), member("g", "u")], now)

    ingest(scope, [user("u")], at=now, run_id=2)

    assert counts() == {"g": 1}


def test_a_run_that_tells_of_no_members_counts_nothing(scope, now, monkeypatch):
    ingest(scope, [group("g"), device("d", "ws-1"), member("g", "u")], at=now)
    monkeypatch.setattr("muster.inventory.ingest.links.settle_memberships", refused)

    ingest(scope, [group("g", name="other"), device("d", "ws-2"), user("u")], at=now, run_id=2)

    assert counts() == {"g": 1}


def refused(_context):
    raise AssertionError("users of groups are counted")


def killed(scope, records, now):
    """Store records as a run that never came to its end."""
    ingestion = Ingestion(
        scope,
        source="azuread",
        source_id=16,
        instance="tenant",
        site=scope.site(),
        run_id=99,
        at=now,
    )
    ingestion.take(records)


GONE = st.builds(
    lambda g, m: RemovedRecord(
        source="azuread", collection=Collection.MEMBERSHIPS, id=g, other_id=m
    ),
    st.sampled_from("gh"),
    st.sampled_from("uvhd"),
)
RECORDS = st.one_of(
    st.builds(group, st.sampled_from("gh")),
    st.builds(user, st.sampled_from("uv")),
    st.builds(device, st.just("d"), st.just("ws-1")),
    st.builds(member, st.sampled_from("gh"), st.sampled_from("uvhd")),
    GONE,
    st.just(complete("azuread", Collection.MEMBERSHIPS)),
)
RUNS = st.lists(
    st.tuples(st.lists(RECORDS, min_size=1, max_size=6), st.booleans()), min_size=1, max_size=5
)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(runs=RUNS)
def test_after_every_run_that_ends_the_users_of_all_groups_are_counted(scope, now, runs):
    with transaction.atomic():
        for number, (records, is_killed) in enumerate(runs, start=1):
            if is_killed:
                killed(scope, records, now)
                continue
            ingest(scope, records, at=now, run_id=number)
            assert counts() == members()
            assert not Feed.objects.filter(is_unsettled=True).exists()
        transaction.set_rollback(True)


def members():
    """The members of each group that are not known to be a group or a device."""
    found = engine.rows(
        "SELECT g.foreign_id, (SELECT COUNT(*) FROM membership m WHERE m.group_ref = g.foreign_id"
        " AND m.member_ref NOT IN (SELECT foreign_id FROM inventory_directorygroup)"
        " AND m.member_ref NOT IN (SELECT foreign_id FROM inventory_assetsource))"
        " FROM inventory_directorygroup g"
    )
    return dict(found)
