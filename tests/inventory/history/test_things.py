"""The history of one asset, user or group tells what changed, when and by which run."""

from datetime import timedelta
from uuid import UUID

import pytest

from inventory.ingest.feeding import complete, device, host, ingest
from muster.core.errors import ConfigError
from muster.core.records import (
    Collection,
    GroupRecord,
    MembershipRecord,
    OwnershipRecord,
    UserRecord,
)
from muster.inventory import decisions
from muster.inventory.models import Asset, AssetSource
from muster.inventory.selectors import asset_history, group_history, user_history
from muster.organizations.services import create_site

pytestmark = pytest.mark.django_db

MANY = (Collection.MEMBERSHIPS, Collection.OWNERSHIPS)


def user(number: str, name: str = "", **more: object) -> UserRecord:
    return UserRecord(source="azuread", id=number, display_name=name or number, **more)


def group(number: str, name: str = "", **more: object) -> GroupRecord:
    return GroupRecord(source="azuread", id=number, display_name=name or number, **more)


def member(group_id: str, member_id: str) -> MembershipRecord:
    return MembershipRecord(source="azuread", group_id=group_id, member_id=member_id)


def owner(device_id: str, owner_id: str) -> OwnershipRecord:
    return OwnershipRecord(
        source="azuread", subject_kind="asset", subject_id=device_id, owner_id=owner_id
    )


def reports(*collections: Collection) -> list:
    return [complete("azuread", each) for each in collections or tuple(Collection)]


def uid_of(foreign_id: str) -> str:
    return str(AssetSource.objects.get(foreign_id=foreign_id).asset.uid)


def changes(history) -> list[tuple[str, str, str]]:
    return [(c.attribute, c.old, c.new) for each in history.entries for c in each.changes]


def events(history) -> list[list[str]]:
    return [each.events for each in history.entries]


def sync(scope, now, run_id, *records):
    """A sync of everything, a day after the one before it."""
    at = now + timedelta(days=run_id)
    return ingest(scope, [*records, *reports()], at=at, run_id=run_id)


def test_an_attribute_that_changes_is_told_with_old_new_time_and_run(scope, now):
    sync(scope, now, 1, device("a", "ws-1", attributes={"isManaged": "true"}))
    sync(scope, now, 2, device("a", "ws-1", attributes={"isManaged": "false"}))

    changed, first = asset_history(scope, uid_of("a")).entries

    (change,) = changed.changes
    assert (change.attribute, change.old, change.new) == (
        "@azuread.dev.isManaged",
        "true",
        "false",
    )
    assert (changed.at, changed.run_id) == (now + timedelta(days=2), 2)
    assert (changed.source, changed.instance, changed.record) == ("azuread", "tenant", "azuread a")
    assert (first.events, first.run_id) == (["new"], 1)


def test_attributes_come_and_go(scope, now):
    sync(scope, now, 1, device("a", "ws-1", attributes={"x.one": "1"}))
    sync(scope, now, 2, device("a", "ws-1", attributes={"x.two": "2"}))

    assert changes(asset_history(scope, uid_of("a"))) == [
        ("@azuread.dev.x.one", "1", ""),
        ("@azuread.dev.x.two", "", "2"),
    ]


def test_of_many_values_only_those_that_came_and_went_are_told(scope, now):
    sync(scope, now, 1, device("a", "ws-1", attributes={"ids": "1\t2\t3"}))
    sync(scope, now, 2, device("a", "ws-1", attributes={"ids": "3\t1\t4"}))

    (change,) = asset_history(scope, uid_of("a")).entries[0].changes

    assert (change.old, change.new, change.is_many) == ("2", "4", True)


def test_values_in_another_order_are_no_change(scope, now):
    sync(scope, now, 1, device("a", "ws-1", attributes={"ids": "1\t2"}))
    sync(scope, now, 2, device("a", "ws-1", attributes={"ids": "2\t1"}))

    assert events(asset_history(scope, uid_of("a"))) == [["new"]]


def test_what_moves_with_every_sync_is_no_change(scope, now):
    seen = {"approximateLastSignInDateTimeTS": "1", "onPremisesLastSyncDateTimeTS": "1"}
    sync(scope, now, 1, device("a", "ws-1", seen_at=now, attributes=seen))
    later = dict.fromkeys(seen, "2")
    sync(scope, now, 2, device("a", "ws-1", seen_at=now + timedelta(days=1), attributes=later))

    assert events(asset_history(scope, uid_of("a"))) == [["new"]]
    assert Asset.objects.get().changed_at is None


def test_what_an_asset_is_called_and_is_changes_with_its_records(scope, now):
    sync(scope, now, 1, device("a", "ws-1", os_version="10.0", macs=("aa:bb:cc:dd:ee:01",)))
    sync(scope, now, 2, device("a", "ws-2", os_version="11.0", macs=("aa:bb:cc:dd:ee:02",)))

    assert changes(asset_history(scope, uid_of("a"))) == [
        ("os_version", "10.0", "11.0"),
        ("name", "ws-1", "ws-2"),
        ("mac", "aa:bb:cc:dd:ee:01", "aa:bb:cc:dd:ee:02"),
    ]


def test_a_device_that_is_gone_and_back_again_says_so(scope, now):
    sync(scope, now, 1, device("a", "ws-1"), device("b", "ws-2"))
    sync(scope, now, 2, device("b", "ws-2"))
    sync(scope, now, 3, device("a", "ws-1"), device("b", "ws-2"))

    found = asset_history(scope, uid_of("a"))

    assert events(found) == [["back"], ["gone"], ["new"]]
    assert [each.run_id for each in found.entries] == [3, 2, 1]


def test_a_record_that_joins_an_asset_is_told_with_its_reason(scope, now):
    ingest(scope, [host("s", "ws-1", os="Ubuntu")], at=now)
    sync(scope, now, 2, device("a", "ws-1", os="Linux", attributes={"model": "x"}))

    joined, first = asset_history(scope, uid_of("s")).entries

    assert (joined.events, joined.record, first.events) == (["joined"], "azuread a", ["new"])
    (move,) = joined.moves
    assert (move.origin, move.target, move.rule, move.key) == ("", uid_of("s"), "name", "ws-1")
    assert joined.changes == []


def test_what_a_record_that_joins_replaces_is_told(scope, now):
    sync(scope, now, 1, device("a", "WS-1", os="Windows"))
    ingest(scope, [host("s", "ws-1", os="Windows 11")], at=now, run_id=2)

    assert changes(asset_history(scope, uid_of("s"))) == [
        ("os", "Windows", "Windows 11"),
        ("name", "WS-1", "ws-1"),
    ]


def test_assets_that_merge_keep_what_was_told_of_both(scope, now):
    ingest(scope, [host("s", "ws-1", os_version="1")], at=now)
    ingest(scope, [device("a", "old-name")], at=now, run_id=2)
    former = uid_of("a")
    sync(scope, now, 3, device("a", "other-name"))
    sync(scope, now, 4, device("a", "ws-1"))

    found = asset_history(scope, former)

    assert found.id == uid_of("s")
    (move,) = found.entries[0].moves
    assert (move.origin, move.origin_name, move.target) == (former, "other-name", uid_of("s"))
    assert ("name", "old-name", "other-name") in changes(found)


def test_a_split_by_hand_is_told_of_both_assets_with_who_did_it(scope, now):
    ingest(scope, [host("s", "ws-1")], at=now)
    ingest(scope, [device("a", "ws-1")], at=now, run_id=2)
    decisions.split_record(
        scope, UUID(uid_of("s")), source="azuread", foreign_id="a", at=now, note="two desks"
    )

    left = asset_history(scope, uid_of("s")).entries[0]
    reached = asset_history(scope, uid_of("a")).entries

    assert (left.events, left.act, left.made_by, left.note) == (
        ["left"],
        "split",
        "local operator",
        "two desks",
    )
    assert left.moves[0].record == "azuread a"
    assert left.moves[0].target == uid_of("a")
    assert reached[0].moves[0].origin == uid_of("s")


def test_a_merge_by_hand_and_its_undoing_are_told(scope, now):
    ingest(scope, [host("s", "ws-1")], at=now)
    ingest(scope, [device("a", "ws-2")], at=now, run_id=2)
    act = decisions.merge_assets(scope, [UUID(uid_of("s")), UUID(uid_of("a"))], at=now)
    decisions.undo(scope, act, at=now)

    acts = [each.act for each in asset_history(scope, uid_of("a")).entries if each.moves]

    assert acts == ["undo", "merge"]


def test_a_move_to_another_site_is_told(scope, now):
    berlin = create_site(scope, "Berlin", at=now)
    ingest(scope, [host("s", "ws-1")], at=now)
    decisions.move_asset(scope, UUID(uid_of("s")), site=berlin, at=now)

    found = asset_history(scope, uid_of("s"))

    assert changes(found) == [("site", "Primary", "Berlin")]
    assert found.entries[0].act == "move"


def test_the_owner_of_a_device_changes(scope, now):
    known = [device("a", "ws-1"), user("u1", "Ada"), user("u2", "Bob")]
    sync(scope, now, 1, *known, owner("a", "u1"))
    sync(scope, now, 2, *known, owner("a", "u2"))

    (told,) = asset_history(scope, uid_of("a")).entries[0].links

    assert (told.relation, told.came_names, told.went_names) == ("owner", ("Bob",), ("Ada",))


def test_a_user_that_is_renamed_gone_and_back_says_so(scope, now):
    sync(scope, now, 1, user("u", "Ada", department="Sales"), user("v"))
    sync(scope, now, 2, user("u", "Ada Lovelace", department="Sales", is_active=False), user("v"))
    sync(scope, now, 3, user("v"))
    sync(scope, now, 4, user("u", "Ada Lovelace", department="", is_active=False), user("v"))

    found = user_history(scope, "u")

    assert events(found) == [["changed", "back"], ["gone"], ["changed"], ["new"]]
    assert changes(found) == [
        ("department", "Sales", ""),
        ("display_name", "Ada", "Ada Lovelace"),
        ("active", "true", "false"),
    ]


def test_a_group_tells_who_came_and_went(scope, now):
    known = [user("u", "Ada"), user("v", "Bob"), user("w", "Eve"), group("g", "Staff")]
    sync(scope, now, 1, *known, member("g", "u"), member("g", "w"))
    sync(scope, now, 2, *known, member("g", "v"), member("g", "w"))

    (told,) = group_history(scope, "Staff").entries[0].links

    assert (told.relation, told.came, told.went) == ("member", 1, 1)
    assert (told.came_names, told.went_names) == (("Bob",), ("Ada",))


def test_a_user_tells_of_groups_and_devices(scope, now):
    known = [device("a", "ws-1"), user("u", "Ada"), group("g", "Staff"), group("h", "Guests")]
    sync(scope, now, 1, *known, member("g", "u"), owner("a", "x"))
    sync(scope, now, 2, *known, member("h", "u"), owner("a", "u"))

    told = user_history(scope, "Ada").entries[0].links

    assert [(each.relation, each.came_names, each.went_names) for each in told] == [
        ("group", ("Guests",), ("Staff",)),
        ("device", ("ws-1",), ()),
    ]


def test_members_of_the_first_sync_and_of_new_groups_are_no_changes(scope, now):
    known = [user("u"), group("g")]
    sync(scope, now, 1, *known, member("g", "u"))
    sync(scope, now, 2, *known, group("h"), member("g", "u"), member("h", "u"))

    assert events(group_history(scope, "g")) == [["new"]]
    assert events(group_history(scope, "h")) == [["new"]]


def test_a_page_starts_behind_the_one_before(scope, now):
    for number in range(1, 6):
        sync(scope, now, number, device("a", "ws-1", attributes={"n": str(number)}))

    first = asset_history(scope, uid_of("a"), size=3)
    second = asset_history(scope, uid_of("a"), size=3, after=first.next_key)

    assert [each.run_id for each in first.entries + second.entries] == [5, 4, 3, 2, 1]
    assert second.next_key == ""


@pytest.mark.parametrize("key", ["x", "-1", "9" * 30, "²"])
def test_a_page_key_that_is_none_is_refused(scope, now, key):
    sync(scope, now, 1, device("a", "ws-1"))

    with pytest.raises(ConfigError, match="no such page"):
        asset_history(scope, uid_of("a"), after=key)


def test_a_long_value_is_kept_with_a_word_on_its_length(scope, now):
    sync(scope, now, 1, device("a", "ws-1", attributes={"note": "x"}))
    sync(scope, now, 2, device("a", "ws-1", attributes={"note": "y" * 5000}))

    (change,) = asset_history(scope, uid_of("a")).entries[0].changes

    assert change.new == "y" * 2000 + "… (5,000 characters)"


def test_what_a_value_holds_cannot_disturb_what_is_told(scope, now):
    hostile = 'a"\\\n\x01\u2028{"c":[]}\n[]'
    sync(scope, now, 1, device("a", "ws-1", attributes={"note": "x"}))
    sync(scope, now, 2, device("a", "ws-1", attributes={"note": hostile}))
    sync(scope, now, 2, device("a", "ws-1", attributes={"note": "\0"}))
    sync(scope, now, 3, device("a", "ws-1", attributes={"note": hostile}))

    assert changes(asset_history(scope, uid_of("a"))) == [
        ("@azuread.dev.note", "\0", hostile),
        ("@azuread.dev.note", "x", "\0"),
    ]


def test_no_history_is_found_from_another_organization(scope, other_scope, now):
    sync(scope, now, 1, device("a", "ws-1"), user("u"), group("g"))

    for find, name in ((asset_history, uid_of("a")), (user_history, "u"), (group_history, "g")):
        with pytest.raises(ConfigError, match="there is no"):
            find(other_scope, name)


def test_an_id_of_the_directory_finds_its_user_even_if_it_looks_like_ours(scope, now):
    sync(scope, now, 1, user("7d2f5a1e-0000-4000-8000-000000000001", "Ada"))

    assert user_history(scope, "7d2f5a1e-0000-4000-8000-000000000001").name == "Ada"


def test_what_is_told_beside_something_that_the_run_told_already_is_told_once(scope, now):
    sync(scope, now, 1, host("a", "ws-1"), host("b", "ws-2"))
    at = now + timedelta(days=2)

    # The second batch tells of the first host again, in one go with the second's news.
    ingest(scope, [device("d1", "ws-1"), device("d2", "ws-2")], at=at, run_id=2, batch=1)
    told = [device("d1", "ws-1", os="Windows 11"), device("d2", "ws-2", os="Windows 11")]
    ingest(scope, [device("d3", "ws-1"), *told], at=at, run_id=2, batch=2)

    moves = [e.moves for uid in ("a", "b") for e in asset_history(scope, uid_of(uid)).entries]
    assert all(len(each) == len({str(move) for move in each}) for each in moves)
    found = changes(asset_history(scope, uid_of("b")))
    assert len(found) == len(set(found))
