"""Who may do what where: the roles of an account, default and per organization."""

from muster.accounts.models import Account
from muster.accounts.roles import Principal, Role
from muster.core.errors import ConfigError
from muster.organizations.models import Organization, OrganizationRole


def principal_of(account: Account) -> Principal:
    """Return who asks when this account does."""
    held = OrganizationRole.objects.filter(account=account).values_list("organization_id", "role")
    roles = {organization_id: Role(role) for organization_id, role in held}
    return Principal(name=account.email, role=Role(account.role), roles=roles)


def organizations_of(principal: Principal) -> list[Organization]:
    """Return the organizations in which who asks has a role, by name."""
    everything = Organization.objects.order_by("name", "pk")
    return [each for each in everything if principal.role_in(each.pk) is not Role.NONE]


def grant(account: Account, organization: Organization, role: Role) -> None:
    """Let a role hold for an account in one organization, in place of an earlier one there."""
    OrganizationRole.objects.update_or_create(
        account=account, organization=organization, defaults={"role": role}
    )


def revoke(account: Account, organization: Organization) -> None:
    """Take the role away that holds in one organization.

    Raises ConfigError if none does.
    """
    held = OrganizationRole.objects.filter(account=account, organization=organization)
    if not held.delete()[0]:
        raise ConfigError(f"{account.email} has no role of its own in {organization.name}")
