"""Changing organizations and sites."""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Any
from uuid import UUID

from django.db import transaction

from muster.accounts.roles import Principal
from muster.core.errors import ConfigError
from muster.organizations.models import Organization, Site
from muster.organizations.naming import checked_name
from muster.organizations.scope import Scope
from muster.organizations.services import rename_organization

LONGEST_TEXT = 100_000
MOST_SUBNETS = 10_000


@dataclass(frozen=True, slots=True)
class SiteChange:
    """What a person gives of a site; None stays as it is. `subnets` are by CIDR."""

    name: str | None = None
    description: str | None = None
    scope: str | None = None
    excludes: str | None = None
    subnets: Mapping[str, Any] | None = None


@transaction.atomic
def edit_site(scope: Scope, site: Site, change: SiteChange) -> Site:
    """Change a site of the scope and return it.

    Raises ConfigError for what cannot be as given, or if the scope's role may not.
    """
    check_may_change(scope.principal, scope.organization)
    if change.name is not None:
        site.name = checked_name(change.name, what="a site")
        others = Site.objects.filter(organization=scope.organization, name__iexact=site.name)
        if others.exclude(pk=site.pk).exists():
            raise ConfigError(f"there is already a site named '{site.name}'")
    site.description = _text(change.description, site.description, what="a description")
    site.scope = _text(change.scope, site.scope, what="a scope")
    site.excludes = _text(change.excludes, site.excludes, what="a list of excludes")
    if change.subnets is not None:
        site.subnets = _subnets(change.subnets)
    site.save()
    return site


@transaction.atomic
def edit_organization(
    principal: Principal,
    organization: Organization,
    *,
    name: str | None = None,
    description: str | None = None,
) -> Organization:
    """Change an organization and return it. Raises ConfigError for what cannot be as given."""
    check_may_change(principal, organization)
    if name is not None:
        rename_organization(organization, name)
    organization.description = _text(description, organization.description, what="a description")
    organization.save()
    return organization


def organizations_seen_by(principal: Principal) -> list[Organization]:
    """Return the organizations that somebody may see, the oldest first."""
    every = Organization.objects.order_by("pk")
    return [each for each in every if principal.role_in(each.pk).may_read_inventory()]


def site_of(scope: Scope, uid: UUID) -> Site | None:
    """Return the site of the scope of that id; None if there is none."""
    return Site.objects.filter(organization=scope.organization, uid=uid).first()


def check_may_change(principal: Principal, organization: Organization) -> None:
    """Raise ConfigError unless who asks decides how the organization works."""
    if not principal.role_in(organization.pk).may_change_organization():
        raise ConfigError(
            f"{principal.name} may not change {organization.name}", hint="Ask an administrator."
        )


def _text(given: str | None, before: str, *, what: str) -> str:
    if given is None:
        return before
    if len(given) > LONGEST_TEXT or "\0" in given:
        raise ConfigError(f"{what} has at most {LONGEST_TEXT:,} characters without NUL")
    return given.strip()


def _subnets(given: Mapping[str, Any]) -> dict[str, Any]:
    if len(given) > MOST_SUBNETS:
        raise ConfigError(f"a site has at most {MOST_SUBNETS:,} subnets")
    found = {}
    for cidr, told in given.items():
        try:
            network = ip_network(cidr.strip(), strict=False)
        except ValueError as error:
            raise ConfigError(
                f"'{cidr[:60]}' is no subnet", hint="Write it as 10.0.0.0/24."
            ) from error
        found[str(network)] = _tags(told)
    return found


def _tags(told: Any) -> dict[str, Any]:
    """Return what is kept of a subnet: its tags, as text."""
    tags = told.get("tags") if isinstance(told, dict) else None
    if not isinstance(tags, dict):
        return {"tags": {}}
    return {"tags": {str(name)[:200]: str(text)[:1024] for name, text in tags.items()}}
