"""One service for every inventory: rows, pages, counts, facets and columns."""

from datetime import timedelta

import pytest

from inventory.ingest.feeding import complete, host, ingest
from muster.accounts.models import Account
from muster.accounts.roles import Principal, Role
from muster.core.errors import ConfigError, QueryError
from muster.core.records import AssetRecord, GroupRecord, ServiceRecord, UserRecord
from muster.credentials.models import Credential
from muster.organizations.models import Site
from muster.organizations.scope import scope as scope_of
from muster.query.catalogue import INVENTORIES
from muster.search import as_of, columns, count, every, facets, find, inventories, kinds
from muster.tasks.models import Task

pytestmark = pytest.mark.django_db

SMALL = ("tasks", "sites", "credentials", "accounts")


def fill(scope, now) -> None:
    """Put one thing or more into every inventory."""
    ingest(
        scope,
        [
            AssetRecord(
                source="azuread",
                id="d1",
                kind="dev",
                names=("ws-1",),
                os="Windows",
                macs=("00:11:22:33:44:55",),
                attributes={"trustType": "AzureAd", "physicalIds": "a\tb"},
            ),
            AssetRecord(source="azuread", id="d2", kind="dev", names=("ws-2",), os="windows"),
            ServiceRecord(
                source="azuread",
                asset_id="d1",
                address="10.0.0.1",
                transport="tcp",
                port=443,
                product="nginx",
                version="1.2",
                attributes={"tls.issuer": "Test CA"},
            ),
            UserRecord(
                source="azuread",
                id="u1",
                name="ada@corp.example",
                first_name="Ada",
                department="Finance",
                attributes={"userType": "Member"},
            ),
            GroupRecord(
                source="azuread", id="g1", name="vpn", attributes={"visibility": "Private"}
            ),
        ],
        at=now,
    )
    credential = Credential.objects.create(
        organization=scope.organization,
        name="Prod",
        type="fake_token",
        public={"address": "here"},
        verification_status="verified",
        verified_at=now,
        created_at=now,
        created_by="somebody",
    )
    for number in range(3):
        Task.objects.create(
            organization=scope.organization,
            name=f"Task {number}",
            site=scope.site(),
            source="azuread",
            credential=credential,
            created_at=now + timedelta(seconds=number),
        )
    Account.objects.create(email="ada@corp.example", role=Role.VIEWER, created_at=now)


def test_the_service_knows_each_inventory_of_the_catalogue():
    assert set(inventories()) == set(INVENTORIES)


@pytest.mark.parametrize("inventory", sorted(set(INVENTORIES) - {"explorers"}))
def test_rows_have_the_columns_that_are_told(scope, now, inventory):
    fill(scope, now)

    found = find(scope, inventory, "", now=now)

    assert found.rows
    assert sorted(found.rows[0]) == sorted(each.name for each in columns(inventory))
    assert all(each["id"] for each in found.rows)


@pytest.mark.parametrize("inventory", sorted(INVENTORIES))
def test_another_organization_finds_nothing_of_it(scope, other_scope, now, inventory):
    fill(scope, now)
    own = {"sites": 1, "accounts": 1}.get(inventory, 0)

    assert len(find(other_scope, inventory, "", now=now).rows) == own
    assert count(other_scope, inventory, "", now=now).number == own


def test_there_are_no_explorers_but_they_can_be_asked_for(scope, now):
    assert find(scope, "explorers", "arch:amd64 capability:screenshot", now=now).rows == ()
    assert count(scope, "explorers", "", now=now).number == 0
    assert facets(scope, "explorers", "", now=now, by="os").values == ()


@pytest.mark.parametrize("inventory", ["assets", "tasks"])
def test_pages_follow_each_other_to_the_last(scope, now, inventory):
    fill(scope, now)
    total = count(scope, inventory, "", now=now).number
    found, after = [], ""
    while True:
        page = find(scope, inventory, "", now=now, sort="name", after=after, page_size=1)
        found += [each["name"] for each in page.rows]
        after = page.next_key
        if not after:
            break

    assert found == sorted(found)
    assert len(set(found)) == total > 1


@pytest.mark.parametrize("inventory", ["assets", "services", "users", "groups", "tasks"])
def test_a_page_says_how_many_match_in_all_if_asked(scope, now, inventory):
    fill(scope, now)

    page = find(scope, inventory, "", now=now, page_size=1, is_counted=True)

    assert page.count == count(scope, inventory, "", now=now)
    assert find(scope, inventory, "", now=now, page_size=1).count is None


@pytest.mark.parametrize("inventory", ["assets", "tasks"])
@pytest.mark.parametrize("most", [None, 0, 1, 2, 99])
def test_every_gives_as_many_as_asked_in_the_order_of_find(scope, now, inventory, most):
    fill(scope, now)

    rows = list(every(scope, inventory, "", now=now, sort="-name", most=most))

    assert rows == list(find(scope, inventory, "", now=now, sort="-name").rows)[:most]


def test_everything_is_read_over_several_pages(scope, now, monkeypatch):
    fill(scope, now)
    monkeypatch.setattr(kinds, "LARGEST_PAGE", 1)

    assert len(list(every(scope, "assets", "", now=now))) == 2


def test_tasks_come_with_the_latest_first_and_sites_by_name(scope, now):
    fill(scope, now)
    Site.objects.create(organization=scope.organization, name="Amsterdam", created_at=now)

    sites = find(scope, "sites", "", now=now).rows

    assert [each["name"] for each in sites] == ["Amsterdam", "Primary"]


@pytest.mark.parametrize(
    ("inventory", "names", "row"),
    [
        (
            "assets",
            ["name", "@azuread.dev.trustType", "@AZUREAD.dev.physicalids", "macs", "no.such"],
            {
                "name": "ws-1",
                "@azuread.dev.trustType": "AzureAd",
                "@AZUREAD.dev.physicalids": ["a", "b"],
                "macs": "00:11:22:33:44:55",
                "no.such": None,
            },
        ),
        (
            "users",
            ["first_name", "userType", "@azuread.user.userType", "@ldap.user.userType"],
            {
                "first_name": "Ada",
                "userType": "Member",
                "@azuread.user.userType": "Member",
                "@ldap.user.userType": None,
            },
        ),
        ("groups", ["visibility"], {"visibility": "Private"}),
        (
            "services",
            ["port", "version", "tls.issuer", "@azuread.dev.trustType"],
            {
                "port": 443,
                "version": "1.2",
                "tls.issuer": "Test CA",
                "@azuread.dev.trustType": "AzureAd",
            },
        ),
        ("tasks", ["credential", "name"], {"credential": "Prod", "name": "Task 2"}),
    ],
)
def test_columns_and_attributes_are_chosen(scope, now, inventory, names, row):
    fill(scope, now)
    text = {"assets": "name:ws-1", "tasks": 'name:"task 2"'}.get(inventory, "")

    (found,) = find(scope, inventory, text, now=now, columns=names).rows

    assert list(found.items()) == list(row.items())


def test_match_criteria_is_an_attribute_too(scope, now):
    fill(scope, now)

    (row,) = find(
        scope, "assets", "name:ws-1", now=now, columns=["@azuread.dev.match.criteria"]
    ).rows

    assert row == {"@azuread.dev.match.criteria": "new"}


@pytest.mark.parametrize(
    ("inventory", "name", "said"),
    [
        ("assets", "nam", "did you mean 'name'"),
        ("assets", "", "assets have no column ''"),
        ("assets", "hostname", "assets have no column 'hostname'"),
        ("users", "deparment", "did you mean 'department'"),
        ("users", "gone", "users have no column 'gone'"),
        ("tasks", "@azuread.dev.trustType", "tasks have no column"),
        ("credentials", "sealed", "credentials have no column 'sealed'"),
        ("accounts", "password", "accounts have no column 'password'"),
    ],
)
def test_an_unknown_column_is_refused_before_anything_is_read(scope, now, inventory, name, said):
    with pytest.raises(QueryError, match=said) as raised:
        every(scope, inventory, "", now=now, columns=["id", name])

    assert "Columns are: " in raised.value.hint


@pytest.mark.parametrize(
    ("inventory", "by", "values"),
    [
        ("assets", "os", [("Windows", 2)]),
        ("assets", "@azuread.dev.trustType", [("AzureAd", 1)]),
        ("services", "port", [("443", 1)]),
        ("users", "department", [("Finance", 1)]),
        ("tasks", "status", [("new", 3)]),
        ("tasks", "credential", [("Prod", 3)]),
        ("tasks", "source", [("azuread", 3)]),
        ("accounts", "access", [("viewer", 1)]),
        ("credentials", "verified", [("true", 1)]),
    ],
)
def test_facets_count_by_the_values_of_a_keyword(scope, now, inventory, by, values):
    fill(scope, now)

    found = facets(scope, inventory, "", now=now, by=by)

    assert [(each.value, each.number) for each in found.values] == values


def test_facets_of_a_small_inventory_say_what_they_leave_out(scope, now):
    for name in ("Aachen", "AACHEN 2", "Bonn"):
        Site.objects.create(
            organization=scope.organization,
            name=name,
            description=name.split()[0],
            created_at=now,
        )

    found = facets(scope, "sites", "", now=now, by="description", most=1)

    assert [(each.value, each.number) for each in found.values] == [("Aachen", 2)]
    assert (found.total, found.missing, found.other_values) == (4, 1, 1)
    assert found.is_capped


def test_a_search_of_a_small_inventory_has_its_time_limit(scope, now):
    fill(scope, now)

    with pytest.raises(QueryError, match="took longer than 0 seconds"):
        find(scope, "tasks", "name:x", now=now, limit=timedelta(0))


def test_accounts_are_for_those_who_look_after_them(scope, now):
    viewer = scope_of(Principal(name="eve", role=Role.VIEWER), scope.organization)

    for ask in (find, count):
        with pytest.raises(ConfigError, match="eve may not see accounts"):
            ask(viewer, "accounts", "", now=now)


@pytest.mark.parametrize("inventory", ["nonsense", "vulnerabilities", ""])
def test_an_unknown_inventory_is_refused(scope, now, inventory):
    for ask in (find, count, every):
        with pytest.raises(QueryError, match="there is no inventory"):
            ask(scope, inventory, "", now=now)
    with pytest.raises(QueryError, match="there is no inventory"):
        columns(inventory)


@pytest.mark.parametrize("inventory", sorted(INVENTORIES))
@pytest.mark.parametrize("text", ["(", "nonsense.:", "name:>1", "\x00", "a" * 9000])
def test_what_cannot_be_read_is_a_query_error_everywhere(scope, now, inventory, text):
    with pytest.raises(QueryError):
        find(scope, inventory, text, now=now)


@pytest.mark.parametrize("inventory", SMALL)
def test_reading_a_small_inventory_takes_as_many_statements_whatever_its_size(
    scope, now, inventory, django_assert_max_num_queries
):
    fill(scope, now)

    with django_assert_max_num_queries(4):
        find(scope, inventory, "", now=now)


def test_what_feeds_bring_is_as_of_when_they_were_last_read_whole(scope, other_scope, now):
    ingest(scope, [host("1"), complete("runzero")], at=now)

    [known] = as_of(scope, "assets")

    assert (known.source, known.complete_at) == ("runzero", now)
    assert as_of(scope, "services") == [known]
    assert as_of(other_scope, "assets") == as_of(scope, "tasks") == []
