import pytest

from muster.accounts.roles import Principal, Role
from muster.core.errors import ConfigError
from muster.organizations.models import Organization, Site
from muster.organizations.scope import scope, scope_by_name
from muster.organizations.services import create_organization, create_site

pytestmark = pytest.mark.django_db


def test_an_installation_starts_with_one_organization_and_its_site():
    organizations = [each.name for each in Organization.objects.all()]
    sites = [each.name for each in Site.objects.all()]

    assert organizations == ["Default"]
    assert sites == ["Primary"]


def test_a_taken_name_is_refused_whatever_its_case(now):
    with pytest.raises(ConfigError, match="already an organization named 'DEFAULT'"):
        create_organization("DEFAULT", at=now)


def test_a_site_is_found_by_name_and_by_id(scope, now):
    site = create_site(scope, "Berlin", at=now)

    assert scope.site("berlin") == site
    assert scope.site(str(site.uid)) == site


def test_an_unknown_site_is_named_with_the_known_ones(scope):
    with pytest.raises(ConfigError) as raised:
        scope.site("Paris")

    assert raised.value.hint == "Sites are: Primary."


def test_a_role_that_sees_no_assets_gets_no_scope(organization):
    accountant = Principal(name="a@b.example", role=Role.BILLING)

    with pytest.raises(ConfigError, match="may not see"):
        scope(accountant, organization)


def test_an_unknown_organization_is_named_with_the_known_ones(scope):
    with pytest.raises(ConfigError, match="no organization 'Nowhere'"):
        scope_by_name("Nowhere")
