import pytest

from muster.organizations.models import Site
from muster.organizations.selectors import site_entries
from muster.organizations.services import create_site
from muster.query.listing import matching

pytestmark = pytest.mark.django_db


def names(scope, text, now):
    found = matching(site_entries(scope), text, inventory="sites", now=now)
    return [each.fields["name"] for each in found]


@pytest.fixture
def berlin(scope, now):
    site = create_site(scope, "Berlin", at=now, description="A warehouse")
    site.scope, site.excludes = "10.1.0.0/16", "10.1.9.9"
    site.subnets = {"10.1.2.0/24": {"tags": {"floor": "2"}}}
    site.save()
    return site


@pytest.mark.parametrize(
    "text",
    [
        "name:=BERLIN",
        "description:ware",
        "scope:10.1.0.0",
        "excludes:10.1.9.9",
        'subnet:="10.1.2.0/24"',
        "warehouse",
        "created_at:<1day has:scope",
        "_site.name:berlin",
        "organization:default AND NOT name:primary",
    ],
)
def test_a_site_is_found_by_each_of_its_keywords(scope, berlin, now, text):
    assert names(scope, text, now) == ["Berlin"]


def test_a_site_is_found_by_its_id(scope, berlin, now):
    assert names(scope, f"id:{berlin.uid}", now) == ["Berlin"]


def test_sites_of_another_organization_are_not_there(scope, other_scope, berlin, now):
    assert names(other_scope, "", now) == ["Primary"]
    assert names(other_scope, f"id:{berlin.uid} OR name:berlin", now) == []


def test_sites_are_read_in_one_statement(scope, now, django_assert_num_queries):
    made = [
        Site(organization=scope.organization, name=f"Site {at}", created_at=now) for at in range(9)
    ]
    Site.objects.bulk_create(made)

    with django_assert_num_queries(1):
        assert len(site_entries(scope)) == 10
