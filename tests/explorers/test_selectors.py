"""Explorers found by the search language, each in its own organization alone."""

from datetime import timedelta

import pytest

from explorers.conftest import silent, utc_now
from muster.core.errors import ConfigError
from muster.explorers import editing, selectors
from muster.explorers.groups import add_member, make_group, members, remove_member
from muster.explorers.models import Explorer
from muster.search import columns, facets, find

pytestmark = pytest.mark.django_db


@pytest.fixture
def berlin(scope, machine):
    """One of which all is known."""
    group = make_group(scope, "Cellars", at=utc_now())
    add_member(scope, group, machine.row)
    Explorer.objects.update(
        host="scanner.local",
        os="Debian GNU/Linux 12",
        arch="amd64",
        version="0.1.0",
        addresses=["10.0.1.200", "fd00::1"],
        external_address="192.0.2.7",
        capabilities=["raw", "azuread"],
        tags=["dev", "rack=4"],
        site=scope.site(),
    )
    return machine


def names(scope, query):
    return [row["name"] for row in find(scope, "explorers", query, now=utc_now()).rows]


@pytest.mark.parametrize(
    "query",
    [
        "name:berlin-1",
        "name:scanner.local",
        "address:10.0.1.200",
        "address:192.0.2.7",
        "net:10.0.0.0/8",
        "net:fd00::/8",
        "os:debian",
        "arch:amd64",
        "version:<1.2",
        "capability:raw",
        "tag:dev",
        "tag:rack=4",
        "site:Primary",
        "connected:t",
        "active:t",
        "last_seen:<1day",
        "created_at:<1week",
        "scanner",
        "NOT tag:prod AND connected:true",
    ],
)
def test_an_explorer_is_found_by_what_is_known_of_it(scope, berlin, query):
    assert names(scope, query) == ["berlin-1"]


@pytest.mark.parametrize(
    "query", ["connected:f", "active:f", "tag:prod", "net:10.9.0.0/16", "version:>1", "arch:arm64"]
)
def test_an_explorer_is_not_found_by_what_is_not_so(scope, berlin, query):
    assert names(scope, query) == []


def test_one_that_was_silent_is_not_connected_and_one_revoked_not_active(scope, berlin):
    silent(berlin.row)
    assert names(scope, "connected:f") == ["berlin-1"]

    editing.revoke(scope, berlin.row, at=utc_now())
    assert names(scope, "active:f") == ["berlin-1"]


def test_rows_have_the_columns_that_are_told(scope, berlin):
    (row,) = find(scope, "explorers", "", now=utc_now()).rows

    assert sorted(row) == sorted(each.name for each in columns("explorers"))
    assert row["groups"] == ["Cellars"]


def test_values_are_counted(scope, berlin):
    assert facets(scope, "explorers", "", now=utc_now(), by="tag").values


def test_another_organization_finds_nothing_of_it(other_scope, berlin):
    assert names(other_scope, "") == []
    with pytest.raises(ConfigError, match="no Explorer"):
        selectors.explorer_by_name(other_scope, str(berlin.row.uid))


def test_another_organization_changes_nothing_of_it(other_scope, berlin):
    for act in (
        lambda: editing.revoke(other_scope, berlin.row, at=utc_now()),
        lambda: editing.edit(other_scope, berlin.row, editing.ExplorerChanges(name="x")),
        lambda: add_member(other_scope, make_group(other_scope, "x", at=utc_now()), berlin.row),
    ):
        with pytest.raises(ConfigError, match="another organization"):
            act()


def test_reading_takes_as_many_statements_whatever_there_are(
    scope, machine_of, token, django_assert_max_num_queries
):
    for number in range(3):
        machine_of(str(number)).enrol(token(name=f"e-{number}"))

    with django_assert_max_num_queries(4):
        assert len(names(scope, "")) == 3


def test_what_a_person_should_know_is_told(scope, berlin):
    Explorer.objects.update(
        skew_seconds=-7200, duplicate_at=utc_now(), duplicate_address="192.0.2.9", lacks=["No."]
    )

    told = selectors.trouble_of(berlin.row)

    assert "Its clock is 7,200 seconds behind ours." in told
    assert "from 192.0.2.9" in told
    assert told.startswith("No.")


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""},
        {"name": "a\nb"},
        {"name": "x" * 201},
        {"name": "group:x"},
        {"name": "Zone:x"},
        {"tags": ["x" * 201]},
        {"tags": ["a\0b"]},
        {"tags": [str(number) for number in range(101)]},
        {"most_runs": -1},
        {"most_runs": 101},
        {"description": "\0"},
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_changed(scope, machine, changes):
    with pytest.raises(ConfigError):
        editing.edit(scope, machine.row, editing.ExplorerChanges(**changes))
    assert machine.row.name == "berlin-1"


def test_no_two_in_service_have_one_name(scope, machine, machine_of, token):
    other = machine_of("other").enrol(token(), "other")

    with pytest.raises(ConfigError, match="already an Explorer named"):
        editing.edit(scope, other.row, editing.ExplorerChanges(name="BERLIN-1"))

    editing.revoke(scope, machine.row, at=utc_now())
    editing.edit(scope, other.row, editing.ExplorerChanges(name="berlin-1"))
    assert selectors.explorer_by_name(scope, "Berlin-1") == other.row


def test_groups_and_zones_are_named_once_and_apart(scope):
    make_group(scope, "eu", at=utc_now())
    make_group(scope, "eu", is_hosted=True, at=utc_now())

    for is_hosted in (False, True):
        with pytest.raises(ConfigError, match="already one named"):
            make_group(scope, " EU ", is_hosted=is_hosted, at=utc_now())


def test_one_of_an_organization_joins_no_hosted_zone(scope, machine):
    zone = make_group(scope, "eu", is_hosted=True, at=utc_now())

    with pytest.raises(ConfigError, match="do not belong together"):
        add_member(scope, zone, machine.row)


def test_one_that_leaves_a_group_is_not_in_it(scope, berlin):
    group = selectors.group_by_name(scope, "cellars")

    for _ in range(2):
        remove_member(scope, group, berlin.row)

    assert names(scope, "") == ["berlin-1"]
    assert not members(group).exists()


def test_old_plans_are_forgotten(scope, machine):
    from explorers.conftest import given
    from muster.explorers import assignments, watching
    from muster.explorers.models import Assignment

    old, new = given(scope, machine), given(scope, machine)
    assignments.close(old, at=utc_now() - timedelta(days=8))

    watching.tend(at=utc_now(), silence=timedelta(days=1))

    assert list(Assignment.objects.all()) == [new]
