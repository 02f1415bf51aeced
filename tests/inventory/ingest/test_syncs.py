"""As of when the inventory holds, feed by feed."""

from datetime import timedelta

import pytest

from inventory.ingest.feeding import complete, device, host, ingest
from muster.core.records import Collection, CollectionReport
from muster.inventory.selectors import LastSync, last_syncs

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def failed(collection: Collection, error: str = "403") -> CollectionReport:
    return CollectionReport(source="azuread", collection=collection, complete=False, error=error)


def test_a_feed_is_known_as_of_the_start_of_its_last_complete_run(scope, now):
    ends = [complete("azuread"), complete("azuread", Collection.USERS)]
    ingest(scope, [device("a"), *ends], at=now, run_id=1)
    ingest(scope, [device("a"), *ends], at=now + HOUR, run_id=2)

    assert last_syncs(scope) == [
        LastSync(
            source="azuread",
            instance="tenant",
            complete_at=now + HOUR,
            incomplete_at=None,
            incomplete=(),
            error="",
        )
    ]


def test_what_was_not_whole_is_named_and_holds_the_time_back(scope, now):
    whole = [complete("azuread", each) for each in (Collection.ASSETS, Collection.GROUPS)]
    ingest(scope, [device("a"), *whole], at=now, run_id=1)
    ingest(scope, [device("a"), whole[0], failed(Collection.GROUPS)], at=now + HOUR, run_id=2)

    [sync] = last_syncs(scope)

    assert (sync.complete_at, sync.incomplete_at) == (now, now + HOUR)
    assert (sync.incomplete, sync.error) == (("groups",), "403")


def test_a_collection_that_is_whole_again_is_no_longer_named(scope, now):
    ingest(scope, [device("a"), failed(Collection.ASSETS)], at=now, run_id=1)
    ingest(scope, [device("a"), complete("azuread")], at=now + HOUR, run_id=2)

    [sync] = last_syncs(scope)

    assert (sync.complete_at, sync.incomplete_at) == (now + HOUR, now)
    assert (sync.incomplete, sync.error) == ((), "")


def test_what_was_never_whole_has_no_time(scope, now):
    ends = [complete("azuread"), failed(Collection.USERS, "429\0 slow down")]
    ingest(scope, [device("a"), *ends], at=now)

    [sync] = last_syncs(scope)

    assert (sync.complete_at, sync.incomplete) == (None, ("users",))
    assert sync.error == "429 slow down"


def test_replaying_an_older_run_does_not_turn_the_clock_back(scope, now):
    ingest(scope, [device("a"), complete("azuread")], at=now, run_id=1)
    before = last_syncs(scope)

    ingest(scope, [device("a"), complete("azuread")], at=now - HOUR, run_id=2)

    assert last_syncs(scope) == before


def test_each_world_of_a_source_has_its_own_and_so_has_each_organization(scope, other_scope, now):
    ingest(scope, [device("a"), complete("azuread")], at=now, instance="one")
    ingest(scope, [device("a"), complete("azuread")], at=now + HOUR, instance="two")
    ingest(scope, [host("1")], at=now, instance="silent")
    ingest(other_scope, [host("1"), complete("runzero")], at=now, instance="three")

    assert [(each.instance, each.complete_at) for each in last_syncs(scope)] == [
        ("one", now),
        ("two", now + HOUR),
    ]
    assert [each.instance for each in last_syncs(other_scope)] == ["three"]
