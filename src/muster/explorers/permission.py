"""Who may change Explorers, and those that serve every organization."""

from muster.accounts.roles import Role
from muster.core.errors import ConfigError
from muster.explorers.models import Explorer, ExplorerGroup
from muster.organizations.scope import Scope


def check_may_change(scope: Scope, row: Explorer | ExplorerGroup | None = None) -> None:
    """Raise ConfigError if whoever asks may not change Explorers here, or this one."""
    if row is not None and row.organization_id is None:
        check_may_host(scope)
        return
    if not scope.principal.role_in(scope.organization_id).may_change_organization():
        raise ConfigError(
            f"{scope.principal.name} may not change Explorers of {scope.organization.name}",
            hint="Ask an administrator or a superuser.",
        )
    if row is not None and row.organization_id != scope.organization_id:
        raise ConfigError(
            f"'{row.name}' belongs to another organization",
            hint="Work in that organization to change it.",
        )


def check_may_host(scope: Scope) -> None:
    """Raise ConfigError if whoever asks may not change what serves every organization."""
    if scope.principal.role_in(scope.organization_id) is not Role.SUPERUSER:
        raise ConfigError(
            f"{scope.principal.name} may not change hosted zones",
            hint="Ask a superuser: their Explorers serve every organization.",
        )
