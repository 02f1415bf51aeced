import json

import pytest

pytestmark = pytest.mark.django_db


def test_organizations_and_sites_are_there_from_the_start(muster):
    organizations = json.loads(muster("organization", "list", "--json").out)
    sites = json.loads(muster("site", "list", "--json").out)

    assert [each["name"] for each in organizations] == ["Default"]
    assert [each["name"] for each in sites] == ["Primary"]


def test_an_added_organization_has_a_site_of_its_own(muster):
    muster("organization", "add", "Other", "--description", "Elsewhere")
    muster("site", "add", "HQ", "-o", "other")

    there = json.loads(muster("site", "list", "--json", "-o", "Other").out)
    here = json.loads(muster("site", "list", "--json").out)

    assert [each["name"] for each in there] == ["Primary", "HQ"]
    assert [each["name"] for each in here] == ["Primary"]


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("organization", "add", "default"), "already an organization"),
        (("organization", "add", " "), "needs a name"),
        (("site", "add", "PRIMARY"), "already a site"),
        (("site", "list", "-o", "x"), "no organization 'x'"),
    ],
)
def test_a_name_that_cannot_be_is_one_clear_message(muster, command, said):
    ended = muster(*command)

    assert ended.code == 1
    assert said in ended.err


def test_the_environment_names_the_organization(muster, monkeypatch):
    muster("organization", "add", "Other")
    monkeypatch.setenv("MUSTER_ORGANIZATION", "Other")
    muster("site", "add", "There")

    assert "There" in muster("site", "list").out
    assert "There" not in muster("site", "list", "-o", "Default").out


def test_the_database_of_this_version_needs_no_migration(muster):
    assert muster("db", "migrate").out == "Nothing to do.\n"


def test_a_wrong_command_line_is_a_usage_error(muster):
    assert muster("nonsense").code == 2
    assert muster("search", "--limit", "x").code == 2
    assert muster("organization", "add").code == 2
