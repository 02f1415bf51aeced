"""Writing organizations and sites."""

from datetime import datetime

from django.db import transaction

from muster.core.errors import ConfigError
from muster.organizations.models import DEFAULT_SITE, Organization, Site
from muster.organizations.naming import checked_name
from muster.organizations.scope import Scope


@transaction.atomic
def create_organization(name: str, *, at: datetime, description: str = "") -> Organization:
    """Create an organization with its default site.

    Raises ConfigError if the name is empty or taken.
    """
    name = checked_name(name, what="an organization")
    if Organization.objects.filter(name__iexact=name).exists():
        raise ConfigError(f"there is already an organization named '{name}'")
    organization = Organization.objects.create(name=name, description=description, created_at=at)
    Site.objects.create(organization=organization, name=DEFAULT_SITE, created_at=at)
    return organization


def rename_organization(organization: Organization, name: str) -> None:
    """Give an organization another name. Raises ConfigError if it is empty or taken."""
    name = checked_name(name, what="an organization")
    others = Organization.objects.exclude(pk=organization.pk)
    if others.filter(name__iexact=name).exists():
        raise ConfigError(f"there is already an organization named '{name}'")
    organization.name = name
    organization.save(update_fields=["name"])


def create_site(scope: Scope, name: str, *, at: datetime, description: str = "") -> Site:
    """Create a site.

    Raises ConfigError if the name is empty or taken in the organization.
    """
    name = checked_name(name, what="a site")
    if Site.objects.filter(organization=scope.organization, name__iexact=name).exists():
        raise ConfigError(f"there is already a site named '{name}'")
    return Site.objects.create(
        organization=scope.organization, name=name, description=description, created_at=at
    )
