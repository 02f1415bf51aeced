"""The report of a run: what it made new, changed, lost and found again."""

from datetime import UTC, datetime, timedelta

import pytest

from inventory.history.test_things import group, member, reports, sync, user
from inventory.ingest.feeding import device, host, ingest
from muster.core.errors import ConfigError
from muster.inventory.ingest import Ingestion
from muster.inventory.models import Asset, AssetSource
from muster.inventory.selectors import asset_history, run_changes, run_counts

pytestmark = pytest.mark.django_db

NOTHING = dict.fromkeys(("new", "changed", "gone", "back", "joined", "moved", "links"), 0)


def counted(scope, run_id: int, inventory: str = "assets") -> dict[str, int]:
    return {name: n for name, n in run_counts(scope, run_id)[inventory].items() if n}


def named(page) -> list[str]:
    return [row.name for row in page.rows]


def test_a_first_sync_reports_what_is_new_and_nothing_else(scope, now):
    sync(scope, now, 1, device("a", "ws-1"), device("b", "ws-2"), user("u"), group("g"))

    assert run_counts(scope, 1) == {
        "assets": {**NOTHING, "new": 2},
        "users": {**NOTHING, "new": 1},
        "groups": {**NOTHING, "new": 1},
    }


def test_a_later_sync_reports_each_kind_of_change(scope, now):
    sync(scope, now, 1, *(device(each, f"ws-{each}") for each in "abc"))
    sync(scope, now, 2, device("a", "ws-a"), device("b", "ws-b"))
    sync(scope, now, 3, device("a", "ws-x"), device("c", "ws-c"), device("d", "ws-d"))

    assert counted(scope, 2) == {"gone": 1}
    assert counted(scope, 3) == {"new": 1, "changed": 1, "gone": 1, "back": 1}


def test_a_sync_without_changes_reports_nothing_and_writes_nothing(scope, now):
    known = [device("a", "ws-1"), user("u"), group("g"), member("g", "u")]
    sync(scope, now, 1, *known)
    sync(scope, now, 2, *known)

    assert run_counts(scope, 2) == dict.fromkeys(("assets", "users", "groups"), NOTHING)


def test_records_that_join_and_move_are_reported(scope, now):
    ingest(scope, [host("s", "ws-1")], at=now, run_id=1)
    ingest(scope, [device("a", "ws-1"), device("b", "other")], at=now, run_id=2)
    ingest(scope, [device("b", "other")], at=now, run_id=3)
    ingest(scope, [host("t", "other")], at=now, run_id=4)

    assert counted(scope, 2) == {"joined": 1, "new": 1}
    assert counted(scope, 3) == {}
    assert counted(scope, 4)["joined"] == 1


def test_what_changed_is_listed_with_its_attributes_page_by_page(scope, now):
    names = [f"ws-{number}" for number in range(5)]
    sync(scope, now, 1, *(device(each, each, attributes={"n": "1"}) for each in names))
    sync(scope, now, 2, *(device(each, each, attributes={"n": "2"}) for each in names))

    first = run_changes(scope, 2, inventory="assets", event="changed", size=3)
    second = run_changes(scope, 2, inventory="assets", event="changed", after=first.next_key)

    assert named(first) + named(second) == names
    assert second.next_key == ""
    assert {c.attribute for row in first.rows for e in row.entries for c in e.changes} == {
        "@azuread.dev.n"
    }


def test_what_is_new_is_listed_page_by_page(scope, now):
    names = [f"ws-{number}" for number in range(5)]
    sync(scope, now, 1, *(device(each, each) for each in names))

    first = run_changes(scope, 1, inventory="assets", event="new", size=2)
    second = run_changes(scope, 1, inventory="assets", event="new", after=first.next_key)

    assert named(first) + named(second) == names


def test_a_group_whose_members_change_is_reported(scope, now):
    known = [user("u"), group("g", "Staff")]
    sync(scope, now, 1, *known, member("g", "u"))
    sync(scope, now, 2, *known)

    (row,) = run_changes(scope, 2, inventory="groups", event="links").rows

    assert row.name == "Staff"
    assert [(each.came, each.went) for each in row.entries[0].links] == [(0, 1)]


def test_the_report_of_a_run_is_of_its_organization(scope, other_scope, now):
    sync(scope, now, 1, device("a", "ws-1"))

    assert counted(other_scope, 1) == {}
    assert run_changes(other_scope, 1, inventory="assets", event="new").rows == []


def test_a_page_key_that_is_none_is_refused(scope, now):
    with pytest.raises(ConfigError, match="no such page"):
        run_changes(scope, 1, inventory="assets", event="new", after="x")


def test_an_asset_that_merged_away_in_the_run_that_made_it_is_not_new(scope, now):
    ingest(scope, [host("s", "ws-1")], at=now, run_id=1)
    ingest(scope, [device("a", "x")], at=now, run_id=2)
    ingest(scope, [device("a", "ws-1")], at=now, run_id=2)

    assert counted(scope, 2) == {"moved": 1}


def resumed(scope, now, records, *, killed_after: int):
    """A run that dies behind some of its batches, and starts again from the first."""
    for stop in (killed_after, None):
        run = Ingestion(
            scope,
            source="azuread",
            source_id=16,
            instance="tenant",
            site=scope.site(),
            run_id=2,
            at=now + timedelta(days=2),
        )
        for batch in [[each] for each in records][:stop]:
            run.take(batch)
    run.finish()


@pytest.mark.parametrize("killed_after", [1, 3, 5, 7])
def test_a_run_that_is_killed_and_goes_on_tells_everything_once(scope, now, killed_after):
    sync(scope, now, 1, device("a", "ws-1"), device("b", "ws-2"), user("u"), group("g"))
    later = [
        device("a", "ws-1", attributes={"n": "2"}),
        device("c", "ws-3"),
        user("u", "Ada"),
        group("g", "Staff"),
        member("g", "u"),
        *reports(),
    ]

    resumed(scope, now, later, killed_after=killed_after)

    assert counted(scope, 2) == {"new": 1, "changed": 1, "gone": 1}
    assert counted(scope, 2, "users") == {"changed": 1}
    assert counted(scope, 2, "groups") == {"changed": 1, "links": 1}
    (row,) = run_changes(scope, 2, inventory="groups", event="links").rows
    assert [(each.came, each.went) for e in row.entries for each in e.links] == [(1, 0)]
    assert len(row.entries[0].changes) == 1


def test_a_run_that_was_killed_for_good_is_told_by_the_next_of_its_feed(scope, now):
    sync(scope, now, 1, user("u"), group("g"))
    run = Ingestion(
        scope,
        source="azuread",
        source_id=16,
        instance="tenant",
        site=scope.site(),
        run_id=2,
        at=now + timedelta(days=2),
    )
    run.take([member("g", "u")])

    sync(scope, now, 3, user("u"), group("g"), member("g", "u"))

    assert counted(scope, 2, "groups") == {"links": 1}
    assert counted(scope, 3, "groups") == {}


def test_a_batch_that_fails_leaves_no_history(scope, now, monkeypatch):
    sync(scope, now, 1, device("a", "ws-1"))
    monkeypatch.setattr("muster.inventory.ingest.writing._delete_emptied", lambda _: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        sync(scope, now, 2, device("a", "ws-2"))

    assert counted(scope, 2) == {}
    assert Asset.objects.get().changed_at is None


def superseding(number: str, day: int):
    """A device of a name that its newest registration leads."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    registered = start + timedelta(days=day)
    return device(number, "ws-1", first_seen_at=registered, seen_at=registered)


@pytest.mark.parametrize("batch", [1, 2, 9])
def test_what_is_new_reports_no_change_however_the_run_is_cut_into_batches(scope, now, batch):
    made = [superseding("a", 0), superseding("b", 100), superseding("c", 200)]

    ingest(scope, [*made, *reports()], at=now, run_id=1, batch=batch)

    counts = run_counts(scope, 1)["assets"]
    assert AssetSource.objects.filter(superseded_by__isnull=False).count() == 2
    assert {name: number for name, number in counts.items() if number} == {"new": 3}


def test_what_changes_there_and_back_in_one_run_is_no_change(scope, now):
    ingest(scope, [device("a", "ws-1", os_version="1"), *reports()], at=now, run_id=1)
    told = [device("a", "ws-1", os_version=each) for each in ("2", "3", "1")]

    ingest(scope, [*told, *reports()], at=now, run_id=2, batch=1)

    assert counted(scope, 2) == {}
    assert [each.events for each in asset_history(scope, "ws-1").entries] == [["new"]]


def test_of_what_changes_twice_in_one_run_the_whole_way_is_told(scope, now):
    ingest(scope, [device("a", "ws-1", os_version="1"), *reports()], at=now, run_id=1)
    told = [device("a", "ws-1", os_version=each) for each in ("2", "3")]

    ingest(scope, [*told, *reports()], at=now, run_id=2, batch=1)

    (page,) = run_changes(scope, 2, inventory="assets", event="changed", size=9).rows
    changed = [each for entry in page.entries for each in entry.changes]
    assert [(each.attribute, each.old, each.new) for each in changed] == [("os_version", "1", "3")]


def test_what_is_undone_in_a_run_leaves_what_else_it_told(scope, now):
    ingest(scope, [device("a", "ws-1", os_version="1"), *reports()], at=now, run_id=1)
    ingest(scope, reports(), at=now, run_id=2)
    told = [device("a", "ws-1", os_version=each) for each in ("2", "1")]

    ingest(scope, [*told, *reports()], at=now, run_id=3, batch=1)

    assert counted(scope, 3) == {"back": 1}
