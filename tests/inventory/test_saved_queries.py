"""Queries with a name."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from inventory.ingest.feeding import device, host, ingest, service
from inventory.search.worlds import NOW
from muster.core.errors import ConfigError, QueryError
from muster.core.records import GroupRecord, MembershipRecord, OwnershipRecord, UserRecord
from muster.inventory.bundled_queries import BUNDLED
from muster.inventory.models import SavedQuery
from muster.inventory.saved_queries import (
    create_query,
    delete_query,
    find_query,
    list_queries,
    rename_query,
    update_query,
)
from muster.inventory.search import search
from muster.inventory.selectors import asset_rows, group_rows, user_rows

pytestmark = pytest.mark.django_db

OLD = NOW - timedelta(days=200)


def own(scope) -> list[str]:
    return [each.name for each in list_queries(scope) if not each.is_bundled]


def test_a_saved_query_is_found_by_its_name_in_any_case(scope, now):
    saved = create_query(scope, " Old Laptops ", "type:laptop", at=now, description="To replace")

    found = find_query(scope, "old LAPTOPS")

    assert found == saved
    assert (found.name, found.inventory, found.text) == ("Old Laptops", "assets", "type:laptop")
    assert (found.description, found.created_by) == ("To replace", "local operator")
    assert (found.created_at, found.updated_at, found.is_bundled) == (now, now, False)


def test_only_a_query_that_can_be_read_is_saved(scope, now):
    with pytest.raises(QueryError, match="did you mean 'vendor'") as caught:
        create_query(scope, "Dells", "os:windows vendro:dell", at=now)

    assert caught.value.pointed() == "os:windows vendro:dell\n           ^^^^^^^"
    assert own(scope) == []


def test_a_query_is_read_as_its_inventory_reads_it(scope, now):
    create_query(scope, "Finance", "department:finance", at=now, inventory="users")

    with pytest.raises(QueryError, match="no keyword 'department' in assets"):
        create_query(scope, "Finance", "department:finance", at=now)
    with pytest.raises(QueryError, match="no inventory 'cars'"):
        create_query(scope, "Finance", "x", at=now, inventory="cars")


@pytest.mark.parametrize("name", ["", "  ", "x" * 201, "a\nb", "a\0b"])
def test_a_name_that_cannot_be_is_refused(scope, now, name):
    with pytest.raises(ConfigError, match="name"):
        create_query(scope, name, "os:linux", at=now)


@pytest.mark.parametrize("description", ["x" * 2001, "\0"])
def test_a_description_that_cannot_be_is_refused(scope, now, description):
    with pytest.raises(ConfigError, match="description"):
        create_query(scope, "Linux", "os:linux", at=now, description=description)


def test_a_name_is_taken_in_its_inventory_whatever_its_case(scope, other_scope, now):
    create_query(scope, "Straße", "os:linux", at=now)

    with pytest.raises(ConfigError, match="already a query 'STRASSE' of assets"):
        create_query(scope, "STRASSE", "os:windows", at=now)
    create_query(scope, "straße", "active:f", at=now, inventory="users")
    create_query(other_scope, "Straße", "os:linux", at=now)

    assert own(other_scope) == ["Straße"]


def test_the_database_too_holds_that_names_are_unique(scope, now):
    create_query(scope, "Linux", "os:linux", at=now)
    row = SavedQuery.objects.get(organization=scope.organization)
    row.pk, row.uid = None, scope.organization.uid

    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


def test_a_name_in_two_inventories_asks_which(scope, now):
    for inventory in ("assets", "users"):
        create_query(scope, "Off", "active:f", at=now, inventory=inventory)

    with pytest.raises(ConfigError, match="each of assets, users"):
        find_query(scope, "off")

    assert find_query(scope, "off", inventory="users").inventory == "users"


def test_a_query_is_changed_renamed_and_deleted(scope, now):
    later = now + timedelta(days=1)
    created = create_query(scope, "Linux", "os:linux", at=now, description="All")

    changed = update_query(scope, "LINUX", at=later, text="os:=Linux")
    renamed = rename_query(scope, "linux", "LINUX", at=later)

    assert (changed.id, changed.text, changed.description) == (created.id, "os:=Linux", "All")
    assert (changed.created_at, changed.updated_at) == (now, later)
    assert find_query(scope, "linux") == renamed
    assert own(scope) == ["LINUX"]

    assert delete_query(scope, "linux").id == created.id
    assert own(scope) == []


def test_a_change_that_cannot_be_read_changes_nothing(scope, now):
    created = create_query(scope, "Linux", "os:linux", at=now)
    create_query(scope, "Other", "os:linux", at=now)

    with pytest.raises(QueryError):
        update_query(scope, "Linux", at=now, text="os:(")
    with pytest.raises(ConfigError, match="already"):
        rename_query(scope, "Linux", "OTHER", at=now)

    assert find_query(scope, "Linux") == created


@pytest.mark.parametrize(
    "change",
    [
        lambda scope, now, name: update_query(scope, name, at=now, text="os:linux"),
        lambda scope, now, name: rename_query(scope, name, "Mine", at=now),
        lambda scope, _now, name: delete_query(scope, name),
    ],
)
def test_nobody_changes_what_comes_with_muster_or_is_of_others(scope, other_scope, now, change):
    create_query(other_scope, "Theirs", "os:linux", at=now)

    with pytest.raises(ConfigError, match="comes with Muster"):
        change(scope, now, "not seen for 90 days")
    with pytest.raises(ConfigError, match="no saved query 'Theirs'"):
        change(scope, now, "Theirs")

    assert own(other_scope) == ["Theirs"]


def test_a_bundled_name_is_taken(scope, now):
    with pytest.raises(ConfigError, match="already"):
        create_query(scope, "guests", "userType:=Guest", at=now, inventory="users")


def test_bundled_queries_are_in_every_organization_behind_those_of_people(scope, other_scope, now):
    create_query(scope, "Zebra", "os:linux", at=now)

    here = [each.name for each in list_queries(scope, inventory="assets")]
    there = [each.name for each in list_queries(other_scope, inventory="assets")]

    assert here == ["Zebra", *there]
    assert there == [each.name for each in BUNDLED if each.inventory == "assets"]
    assert len({(each.inventory, each.name.casefold()) for each in BUNDLED}) == len(BUNDLED)


MACHINES = [
    host("1", "known", is_alive=True, macs=("00:11:22:33:44:55",), seen_at=NOW),
    host("2", "stranger", addresses=("8.8.8.8",), macs=("00:11:22:33:44:55",), seen_at=NOW),
    service("2", 23),
]
DIRECTORY = [
    device("a", "known", is_active=False, seen_at=NOW, attributes={"isManaged": "false"}),
    device("b", "away", seen_at=OLD, first_seen_at=OLD, attributes={"isCompliant": "false"}),
    device("c", "orphan", seen_at=NOW, attributes={"isManaged": "true"}),
    UserRecord(source="azuread", id="u", display_name="Leaver", is_active=False),
    UserRecord(source="azuread", id="v", display_name="Guest", attributes={"userType": "Guest"}),
    UserRecord(source="azuread", id="w", display_name="Sleeper", last_logon_at=OLD),
    GroupRecord(source="azuread", id="g", display_name="Full"),
    GroupRecord(source="azuread", id="h", display_name="Empty"),
    MembershipRecord(source="azuread", group_id="g", member_id="v"),
    OwnershipRecord(source="azuread", subject_kind="group", subject_id="g", owner_id="v"),
    OwnershipRecord(source="azuread", subject_kind="asset", subject_id="a", owner_id="u"),
    OwnershipRecord(source="azuread", subject_kind="asset", subject_id="b", owner_id="v"),
]
ANSWERS = {
    "On the network, not in the directory": {"stranger"},
    "In the directory, never on the network": {"away", "orphan"},
    "On the network and in the directory": {"known"},
    "Disabled, but still answering": {"known"},
    "Devices without an owner": {"orphan"},
    "Devices of disabled accounts": {"known"},
    "Not seen for 90 days": {"away"},
    "New this week": {"known", "stranger", "orphan"},
    "Devices that nothing manages": {"known"},
    "Devices that are not compliant": {"away"},
    "Remote access in the clear": {"stranger"},
    "With an address of the internet": {"stranger"},
    "Two machines with one MAC address": {"known", "stranger"},
    "Owners with many devices": set(),
    "Disabled accounts with devices": {"Leaver"},
    "Not signed in for 90 days": {"Sleeper"},
    "Guests": {"Guest"},
    "Groups without users or devices": {"Empty"},
    "Groups without an owner": {"Empty"},
}


@pytest.mark.parametrize("name", ANSWERS)
def test_a_bundled_query_answers_what_its_name_asks(scope, name):
    ingest(scope, MACHINES, at=NOW)
    ingest(scope, DIRECTORY, at=NOW)
    query = find_query(scope, name)
    rows = {"assets": asset_rows, "users": user_rows, "groups": group_rows}[query.inventory]

    page = search(scope, query.text, now=NOW, inventory=query.inventory)

    shown = {each.get("display_name") or each["name"] for each in rows(scope, page.ids)}
    assert shown == ANSWERS[name]


def test_every_bundled_query_has_its_answer_here():
    assert set(ANSWERS) == {each.name for each in BUNDLED}
