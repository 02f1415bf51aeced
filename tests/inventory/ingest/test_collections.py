import pytest

from inventory.ingest.feeding import complete, device, host, ingest
from inventory.ingest.snapshots import everything
from muster.core.errors import ConfigError
from muster.core.records import (
    Collection,
    CollectionReport,
    GroupRecord,
    MembershipRecord,
    OwnershipRecord,
    UserRecord,
)
from muster.inventory import engine
from muster.inventory.models import Asset, AssetSource, DirectoryGroup, DirectoryUser
from muster.inventory.selectors import asset_detail, asset_rows, coverage

pytestmark = pytest.mark.django_db


def user(number: str, **more) -> UserRecord:
    return UserRecord(source="azuread", id=number, **more)


def group(number: str, **more) -> GroupRecord:
    return GroupRecord(source="azuread", id=number, **more)


def member(group_id: str, member_id: str, kind: str = "user") -> MembershipRecord:
    return MembershipRecord(
        source="azuread", group_id=group_id, member_id=member_id, member_kind=kind
    )


def failed(collection: Collection) -> CollectionReport:
    return CollectionReport(
        source="azuread", collection=collection, complete=False, error="403", hint="consent"
    )


def count(table: str) -> int:
    return engine.rows(f"SELECT COUNT(*) FROM {table}")[0][0]


def test_what_a_complete_run_no_longer_saw_is_marked_gone_and_kept(scope, now):
    ingest(scope, [device("a", "ws-1"), device("b", "ws-2")], at=now, run_id=1)

    statistics = ingest(scope, [device("b", "ws-2"), complete("azuread")], at=now, run_id=2)

    gone = AssetSource.objects.get(foreign_id="a")
    assert (statistics.assets_gone, gone.gone_at) == (1, int(now.timestamp()))
    assert coverage(scope).gone == 1


def test_an_incomplete_run_expires_nothing(scope, now):
    ingest(scope, [device("a", "ws-1"), user("u"), group("g"), member("g", "u")], at=now, run_id=1)
    before = everything(scope.organization_id)

    statistics = ingest(scope, [failed(each) for each in Collection], at=now, run_id=2)

    assert everything(scope.organization_id) == before
    assert [each.collection for each in statistics.incomplete] == list(Collection)


def test_a_device_that_comes_back_is_no_longer_gone(scope, now):
    ingest(scope, [host("s", "ws-1")], at=now)
    first = [device("a", "ws-1"), complete("azuread")]
    ingest(scope, first, at=now, run_id=1)
    before = everything(scope.organization_id)
    ingest(scope, [complete("azuread")], at=now, run_id=2)

    ingest(scope, first, at=now, run_id=3)

    assert everything(scope.organization_id) == before


def test_another_tenant_of_the_source_loses_nothing(scope, now):
    ingest(scope, [device("a", "ws-1")], at=now, run_id=1, instance="one")

    ingest(scope, [device("b", "ws-2"), complete("azuread")], at=now, run_id=2, instance="two")

    assert AssetSource.objects.filter(gone_at=None).count() == 2


def test_a_scan_never_takes_hosts_away(scope, now):
    ingest(scope, [host("s", "ws-1")], at=now, run_id=1)

    ingest(scope, [host("t", "ws-2"), complete("runzero")], at=now, run_id=2)

    assert AssetSource.objects.filter(gone_at=None).count() == 2


def test_users_and_groups_change_leave_and_come_back(scope, now):
    everyone = [user("u", display_name="Ann"), user("v"), group("g", display_name="Sales")]
    ends = [complete("azuread", Collection.USERS), complete("azuread", Collection.GROUPS)]
    ingest(scope, [*everyone, *ends], at=now, run_id=1)

    statistics = ingest(
        scope, [user("u", display_name="Anne"), everyone[2], *ends], at=now, run_id=2
    )
    ingest(scope, [user("v"), everyone[2]], at=now, run_id=3)

    assert (statistics.users_changed, statistics.users_gone, statistics.groups_unchanged) == (
        1,
        1,
        1,
    )
    assert DirectoryUser.objects.get(foreign_id="u").display_name == "Anne"
    assert DirectoryUser.objects.get(foreign_id="v").gone_at is None


def test_groups_count_their_direct_users(scope, now):
    records = [
        group("g"),
        group("h"),
        member("g", "u"),
        member("g", "v"),
        member("g", "h", "group"),
    ]

    ingest(scope, [*records, complete("azuread", Collection.MEMBERSHIPS)], at=now)

    counts = dict(DirectoryGroup.objects.values_list("foreign_id", "user_count"))
    assert counts == {"g": 2, "h": 0}


def test_memberships_that_ended_are_removed_by_a_complete_run_only(scope, now):
    ingest(scope, [member("g", "u"), member("g", "v")], at=now, run_id=1)

    ingest(scope, [member("g", "u"), failed(Collection.MEMBERSHIPS)], at=now, run_id=2)
    assert count("membership") == 2

    ingest(scope, [member("g", "u"), complete("azuread", Collection.MEMBERSHIPS)], at=now, run_id=3)
    assert count("membership") == 1


def test_links_may_come_before_the_things_they_link(scope, now):
    owned = OwnershipRecord(source="azuread", subject_kind="asset", subject_id="a", owner_id="u")

    ingest(scope, [owned], at=now)
    ingest(scope, [user("u", display_name="Ann"), device("a", "ws-1")], at=now)

    people = asset_detail(scope, "ws-1").people
    assert [(each.relation, each.display_name) for each in people] == [("owner", "Ann")]


def test_an_asset_shows_what_each_source_says_and_why(scope, now):
    ingest(scope, [host("s", "WS-1", attributes={"ip.ttl.hops": "3"})], at=now)
    ingest(scope, [device("a", "ws-1", attributes={"trustType": "AzureAd"})], at=now)

    scan, directory = asset_detail(scope, "ws-1").records

    assert scan.attributes == {"ip.ttl.hops": "3"}
    assert directory.attributes["@azuread.dev.trustType"] == "AzureAd"
    assert directory.reason == "the name 'ws-1' is unique here and in runzero s"


def test_a_batch_that_fails_leaves_nothing_half_written(scope, now, monkeypatch):
    from muster.inventory.ingest import writing

    before = everything(scope.organization_id)
    monkeypatch.setattr(writing, "_write_texts", lambda *_: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        ingest(scope, [device("a", "ws-1")], at=now)

    assert everything(scope.organization_id) == before


def test_hostile_text_is_stored_and_found_not_refused(scope, now):
    nasty = "\x00 nul \ud7ff %_'\";-- " + "x" * 5000

    ingest(scope, [device("a", nasty, attributes={nasty: nasty, "tab": "a\tb"})], at=now)

    assert coverage(scope).directory_only == 1


def test_a_wild_date_does_not_keep_others_from_being_shown(scope, now):
    ingest(scope, [host("s", "ws-1"), host("t", "ws-2")], at=now)
    Asset.objects.filter(organization=scope.organization, name="ws-1").update(first_seen=-(10**12))

    rows = asset_rows(scope, list(Asset.objects.values_list("pk", flat=True)))

    assert len(rows) == 2


def test_a_name_of_blanks_is_none(scope, now):
    ingest(scope, [host("s", "   ", addresses=("10.0.0.7",))], at=now)

    assert Asset.objects.get().name == "10.0.0.7"
    with pytest.raises(ConfigError, match="name the asset"):
        asset_detail(scope, " ")


def test_a_member_without_a_type_is_what_the_directory_knows_it_to_be(scope, now):
    records = [group("g"), group("h"), member("g", "h"), member("g", "d"), member("g", "u")]

    ingest(scope, [*records, device("d", "ws-1"), user("u")], at=now)

    kinds = engine.rows("SELECT member_ref, member_kind FROM membership ORDER BY member_ref")
    assert [tuple(row) for row in kinds] == [("d", 3), ("h", 2), ("u", 1)]
    assert DirectoryGroup.objects.get(foreign_id="g").user_count == 1
