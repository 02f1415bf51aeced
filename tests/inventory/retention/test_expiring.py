"""What goes, what stays, and that nothing is left of what went."""

import pytest

from inventory.ingest.feeding import complete, device, host, ingest, service
from inventory.ingest.snapshots import everything, machines
from inventory.retention.aging import DAY, expire, keep, sync, there, would_go
from muster.core.records import (
    Collection,
    CollectionReport,
    GroupRecord,
    MembershipRecord,
    OwnershipRecord,
    UserRecord,
)
from muster.inventory import engine, retention
from muster.inventory.models import Asset, AssetSource, DirectoryGroup, DirectoryUser
from muster.inventory.selectors import kept_facets

pytestmark = pytest.mark.django_db


def user(number, **more):
    return UserRecord(source="azuread", id=number, display_name=f"User {number}", **more)


def group(number):
    return GroupRecord(source="azuread", id=number, display_name=f"Group {number}")


def member(group_id, member_id, kind="user"):
    return MembershipRecord(
        source="azuread", group_id=group_id, member_id=member_id, member_kind=kind
    )


def owner(kind, subject, who):
    return OwnershipRecord(source="azuread", subject_kind=kind, subject_id=subject, owner_id=who)


def failed(collection=Collection.ASSETS):
    return CollectionReport(source="azuread", collection=collection, complete=False, error="403")


def names():
    return sorted(Asset.objects.values_list("name", flat=True))


def test_an_asset_that_nothing_has_seen_for_so_long_goes_with_everything(scope, now):
    empty = everything(scope.organization_id)
    sync(scope, [host("s", "ws-1", addresses=("10.0.0.7",)), service("s", 22)], at=now)
    keep(scope, at=now, expiration_assets_stale=30)

    before = expire(scope, at=now + 30 * DAY)
    removed = expire(scope, at=now + 31 * DAY)

    assert (before["assets"], removed["assets"], removed["records"]) == (0, 1, 1)
    assert everything(scope.organization_id) == empty


def test_nothing_goes_without_a_setting(scope, now):
    sync(scope, [device("a", "ws-1"), complete("azuread")], at=now)
    sync(scope, [complete("azuread")], at=now, run_id=2)

    assert expire(scope, at=now + 10_000 * DAY) == dict.fromkeys(
        ("assets", "records", "users", "groups"), 0
    )


def test_an_asset_that_answered_stays_where_only_offline_ones_go(scope, now):
    sync(scope, [host("s", "up", is_alive=True), host("t", "down")], at=now)
    keep(scope, at=now, expiration_assets_offline=7)

    expire(scope, at=now + 8 * DAY)

    assert names() == ["up"]


def test_what_a_directory_that_is_synced_still_has_never_goes(scope, now):
    old = device("a", "ws-1", seen_at=now - 300 * DAY)
    sync(scope, [old, complete("azuread")], at=now)
    keep(scope, at=now, expiration_assets_stale=30, expiration_integration_attributes=30)

    expire(scope, at=now + 29 * DAY)

    assert names() == ["ws-1"]


def test_changes_alone_say_of_the_rest_that_it_is_still_there(scope, now):
    sync(scope, [device("a", "ws-1"), complete("azuread")], at=now)
    changes = CollectionReport(
        source="azuread", collection=Collection.ASSETS, complete=True, is_delta=True
    )
    sync(scope, [changes], at=now + 40 * DAY, run_id=2)
    keep(scope, at=now, expiration_assets_stale=30)

    expire(scope, at=now + 60 * DAY)

    assert names() == ["ws-1"]


def test_a_permission_that_is_lost_empties_nothing_and_is_told(scope, now):
    sync(scope, [device("a", "ws-1"), user("u"), complete("azuread")], at=now)
    sync(scope, [failed(), failed(Collection.USERS)], at=now + 40 * DAY, run_id=2)
    keep(scope, at=now, expiration_assets_stale=30, expiration_directory=30)

    made = retention.plan(scope, at=now + 50 * DAY, first_run=lambda _: None)

    assert (made.assets, len(made.records), len(made.users)) == (0, 0, 0)
    assert [each.partition(":")[0] for each in made.notices] == [
        "assets of azuread",
        "users of azuread",
    ]
    assert all("could not be read whole" in each for each in made.notices)
    assert "since 2026-11-23: those that are not gone do not expire" in made.notices[0]


def test_a_feed_that_nobody_syncs_any_more_expires_and_is_told(scope, now):
    sync(scope, [device("a", "ws-1"), complete("azuread")], at=now)
    keep(scope, at=now, expiration_integration_attributes=30)

    made = retention.plan(scope, at=now + 31 * DAY, first_run=lambda _: None)

    assert made.assets == 1
    [notice] = made.notices
    assert notice.startswith("azuread:tenant is not synced any more: 1 of its records expire")


def test_what_a_run_that_is_not_done_has_seen_stays(scope, now):
    sync(scope, [device("a", "ws-1", seen_at=now), complete("azuread")], at=now)
    later = now + 60 * DAY
    sync(scope, [device("a", "ws-1", seen_at=now)], at=later, run_id=9)
    keep(scope, at=now, expiration_assets_stale=30)

    expire(scope, at=later, first_run=lambda _: 9)

    assert names() == ["ws-1"]


def test_a_record_that_is_gone_goes_and_its_asset_stays_as_if_it_had_never_been(scope, now):
    sync(scope, [host("s", "ws-1", addresses=("10.0.0.7",))], at=now)
    before = everything(scope.organization_id)
    sync(scope, [device("a", "ws-1", attributes={"model": "X"}), complete("azuread")], at=now)
    sync(scope, [complete("azuread")], at=now + DAY, run_id=2)
    keep(scope, at=now, expiration_integration_attributes=7)
    uid = Asset.objects.get().uid

    early = expire(scope, at=now + 8 * DAY)
    removed = expire(scope, at=now + 9 * DAY)

    assert (early["records"], removed["records"], removed["assets"]) == (0, 1, 0)
    assert everything(scope.organization_id) == before
    assert Asset.objects.get().uid == uid


def test_what_only_a_record_that_goes_held_together_comes_apart(scope, now):
    mac = "b0:7b:25:00:00:01"
    sync(scope, [host("s", "ws-1")], at=now)
    sync(scope, [device("a", "ws-1", macs=(mac,))], at=now - 90 * DAY, run_id=2)
    sync(scope, [_sample("m", macs=(mac,)), complete("sample")], at=now, run_id=3)
    together = machines(scope.organization_id)
    keep(scope, at=now, expiration_integration_attributes=60)

    expire(scope, at=now)

    assert together == {frozenset({("runzero", "s"), ("azuread", "a"), ("sample", "m")})}
    assert machines(scope.organization_id) == {
        frozenset({("runzero", "s")}),
        frozenset({("sample", "m")}),
    }


def test_what_only_a_record_that_goes_kept_apart_comes_together(scope, now):
    sync(scope, [device("a", "ws-1"), device("b", "ws-1")], at=now - 90 * DAY)
    sync(scope, [device("b", "ws-1")], at=now, run_id=2)
    sync(scope, [host("s", "ws-1")], at=now)
    keep(scope, at=now, expiration_integration_attributes=60)

    expire(scope, at=now)

    assert machines(scope.organization_id) == {frozenset({("runzero", "s"), ("azuread", "b")})}


def test_what_was_excluded_as_unknown_stays_so_when_others_go(scope, now):
    old = now - 90 * DAY
    sync(scope, [device("a", "ws-1")], at=old)
    sync(scope, [device("b", "ws-1"), complete("azuread")], at=now, exclude_unknown=True, run_id=2,
         instance="two")  # fmt: skip
    keep(scope, at=now, expiration_integration_attributes=60)

    expire(scope, at=now)

    assert list(AssetSource.objects.values_list("foreign_id", "asset_id")) == [("b", None)]
    assert names() == []


def test_excluded_records_expire_too(scope, now):
    sync(scope, [device("a", "ws-1")], at=now, exclude_unknown=True)
    keep(scope, at=now, expiration_assets_stale=30)

    assert would_go(scope, at=now + 31 * DAY) == {("record", "a")}
    expire(scope, at=now + 31 * DAY)

    assert not there(scope).records | there(scope).entries


def test_on_request_only_the_newest_record_of_a_source_stays(scope, now):
    sync(scope, [host("s", "ws-1"), host("t", "ws-2")], at=now)
    sync(scope, [device("old", "ws-1"), complete("azuread")], at=now)
    sync(scope, [complete("azuread")], at=now + DAY, run_id=2)
    sync(scope, [device("new", "ws-1"), complete("azuread")], at=now + DAY, run_id=3)
    keep(scope, at=now, keep_latest_integration_attributes=True)
    both = machines(scope.organization_id)

    expire(scope, at=now + DAY)

    one, two, new = ("runzero", "s"), ("runzero", "t"), ("azuread", "new")
    assert both == {frozenset({one, new, ("azuread", "old")}), frozenset({two})}
    assert machines(scope.organization_id) == {frozenset({one, new}), frozenset({two})}


def test_users_and_groups_go_with_their_relations_and_groups_count_anew(scope, now):
    ends = [complete("azuread", Collection.USERS), complete("azuread", Collection.GROUPS)]
    staying = [user("u"), group("g"), member("g", "u")]
    ingest(scope, [*staying, *ends], at=now, run_id=1)
    before = everything(scope.organization_id)
    leaving = [user("v"), group("h"), member("g", "v"), member("g", "h", "group"),
               member("h", "u"), owner("group", "h", "u"), owner("group", "g", "v")]  # fmt: skip
    ingest(scope, [*staying, *leaving, *ends], at=now, run_id=2)
    ingest(scope, [user("u"), group("g"), *ends], at=now + DAY, run_id=3)
    keep(scope, at=now, expiration_directory=7)

    early = expire(scope, at=now + 8 * DAY)
    ingest(scope, [user("u"), group("g"), *ends], at=now + 8 * DAY, run_id=4)
    removed = expire(scope, at=now + 9 * DAY)

    assert (early["users"], removed["users"], removed["groups"]) == (0, 1, 1)
    assert everything(scope.organization_id) == before
    assert DirectoryGroup.objects.get().user_count == 1
    assert engine.rows("SELECT COUNT(*) FROM user_attribute WHERE value = 'user v'")[0][0] == 0


def test_a_device_that_goes_leaves_no_owner_and_no_membership(scope, now):
    records = [device("a", "ws-1"), user("u"), group("g"), owner("asset", "a", "u"),
               member("g", "a", "device"), member("g", "u")]  # fmt: skip
    sync(scope, records, at=now)
    keep(scope, at=now, expiration_assets_stale=30)

    expire(scope, at=now + 31 * DAY)

    found = everything(scope.organization_id)
    assert found["ownerships"] == []
    assert found["memberships"] == [b'["g","u",1]']
    assert DirectoryUser.objects.count() == 1


def test_what_went_comes_back_as_new_when_its_source_has_it_again(scope, now):
    sync(scope, [device("a", "ws-1"), complete("azuread")], at=now)
    keep(scope, at=now, expiration_assets_stale=30)
    expire(scope, at=now + 31 * DAY)

    statistics = sync(scope, [device("a", "ws-1")], at=now + 32 * DAY, run_id=2)

    assert statistics.assets_new == 1
    assert Asset.objects.get().first_seen == int((now + 32 * DAY).timestamp())


def test_another_organization_keeps_what_is_its_own(scope, other_scope, now):
    for each in (scope, other_scope):
        ingest(each, [host("s", "ws-1"), service("s")], at=now)
        ingest(each, [user("u"), group("g"), member("g", "u")], at=now)
    before = everything(other_scope.organization_id)
    keep(scope, at=now, expiration_assets_stale=1, expiration_directory=1)

    expire(scope, at=now + 9 * DAY)

    assert not there(scope).records | there(scope).entries
    assert everything(other_scope.organization_id) == before


def test_kept_facets_are_counted_again(scope, now):
    sync(scope, [host("s", "ws-1", os="Ubuntu"), host("t", "ws-2", os="Windows")], at=now)
    sync(scope, [host("t", "ws-2", os="Windows")], at=now + 9 * DAY, run_id=2)
    keep(scope, at=now, expiration_assets_stale=7)

    expire(scope, at=now + 10 * DAY)

    facet = kept_facets(scope).facets["os"]
    assert [(each.value, each.number) for each in facet.values] == [("Windows", 1)]


def test_what_is_seen_between_plan_and_removal_stays(scope, now):
    sync(scope, [device("a", "ws-1"), device("b", "ws-2"), user("u"), user("v")], at=now)
    keep(scope, at=now, expiration_assets_stale=30, expiration_directory=30)
    later = now + 31 * DAY
    made = retention.plan(scope, at=later, first_run=lambda _: None)

    sync(scope, [device("a", "ws-1"), user("u")], at=later, run_id=2)
    removed = retention.carry_out(scope, made, first_run=lambda _: 2)

    assert (removed["assets"], removed["users"]) == (1, 1)
    assert names() == ["ws-1"]
    assert DirectoryUser.objects.get().foreign_id == "u"


def test_a_setting_that_is_taken_back_while_it_works_holds_at_once(scope, now):
    sync(scope, [device("a", "ws-1"), user("u")], at=now)
    keep(scope, at=now, expiration_assets_stale=30, expiration_directory=30)
    made = retention.plan(scope, at=now + 31 * DAY, first_run=lambda _: None)

    keep(scope, at=now, expiration_assets_stale=0, expiration_directory=0)
    removed = retention.carry_out(scope, made, first_run=lambda _: None)

    assert set(removed.values()) == {0}


def _sample(number, **more):
    from muster.core.records import AssetRecord

    return AssetRecord(source="sample", id=number, kind="dev", **more)
