"""Who may make and take away what lets programs in."""

from muster.accounts.roles import Principal, Role
from muster.core.errors import ConfigError
from muster.organizations.models import Organization


def check_may_change(principal: Principal, organization: Organization | None) -> None:
    """Raise ConfigError unless who asks looks after the organization, or after all for None."""
    if organization is None:
        allowed = principal.role is Role.SUPERUSER and _is_everywhere(principal)
        hint = "Ask a superuser: it opens every organization."
    else:
        allowed = principal.role_in(organization.pk).may_change_organization()
        hint = "Ask an administrator of the organization."
    if not allowed:
        raise ConfigError(f"{principal.name} may not change API tokens", hint=hint)


def _is_everywhere(principal: Principal) -> bool:
    return getattr(principal, "organization_id", None) is None
