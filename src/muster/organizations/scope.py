"""The scope: who asks, in which organization. Every read of a tenant's rows starts from one."""

from dataclasses import dataclass
from uuid import UUID

from muster.accounts.roles import LOCAL_OPERATOR, Principal
from muster.core.errors import ConfigError
from muster.organizations.models import DEFAULT_SITE, Organization, Site


@dataclass(frozen=True, slots=True)
class Scope:
    """One organization as one principal may see it. Made by `scope`, never by hand."""

    principal: Principal
    organization: Organization

    @property
    def organization_id(self) -> int:
        """The key that every table of a tenant's rows starts with."""
        return self.organization.pk

    def site(self, name: str = "") -> Site:
        """Return a site by name or id, the default one for "".

        Raises ConfigError if the organization has no such site.
        """
        sites = Site.objects.filter(organization=self.organization)
        wanted = name or DEFAULT_SITE
        for each in sites.order_by("pk"):
            if wanted.casefold() in {each.name.casefold(), str(each.uid)}:
                return each
        if not name and (first := sites.order_by("pk").first()):
            return first
        known = ", ".join(sorted(each.name for each in sites))
        raise ConfigError(f"there is no site '{wanted}'", hint=f"Sites are: {known}.")


def scope(principal: Principal, organization: Organization) -> Scope:
    """Return the scope of one organization for whoever asks.

    Raises ConfigError if their role sees nothing of it.
    """
    if not principal.role_in(organization.pk).may_read_inventory():
        raise ConfigError(
            f"{principal.name} may not see the organization {organization.name}",
            hint="Ask an administrator for a role in it.",
        )
    return Scope(principal=principal, organization=organization)


def scope_by_name(name: str, *, principal: Principal = LOCAL_OPERATOR) -> Scope:
    """Return the scope of the organization with that name or id; "" means the first one.

    Raises ConfigError if there is none.
    """
    organizations = list(Organization.objects.order_by("pk"))
    for each in organizations:
        if not name or name.casefold() in {each.name.casefold(), str(each.uid)}:
            return scope(principal, each)
    known = ", ".join(each.name for each in organizations)
    raise ConfigError(f"there is no organization '{name}'", hint=f"Organizations are: {known}.")


def organization_of(uid: UUID | None) -> Organization | None:
    """Return the organization of that id; for None the only one, if there is only one."""
    if uid is not None:
        return Organization.objects.filter(uid=uid).first()
    found = list(Organization.objects.order_by("pk")[:2])
    return found[0] if len(found) == 1 else None
