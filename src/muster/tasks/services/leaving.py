"""Taking a site or an organization away, with all that is in it."""

from datetime import datetime

from django.db import transaction

from muster.accounts.roles import Principal, Role
from muster.core.errors import ConfigError
from muster.inventory.removing import remove_all_of_site, remove_everything
from muster.organizations.editing import check_may_change
from muster.organizations.models import DEFAULT_ORGANIZATION, DEFAULT_SITE, Organization, Site
from muster.organizations.scope import Scope
from muster.organizations.services import create_organization, create_site
from muster.tasks.models import Run
from muster.tasks.standing import GOING


def remove_site(scope: Scope, site: Site, *, at: datetime) -> None:
    """Remove a site of the scope with its assets and tasks; there is always one left.

    Raises ConfigError while a run brings something into it, or if who asks may not.
    """
    check_may_change(scope.principal, scope.organization)
    going = Run.objects.filter(
        organization=scope.organization, task__site=site, status__in=GOING
    ).first()
    if going is not None:
        raise _going(going, site.name)
    remove_all_of_site(scope, site, at=at)
    with transaction.atomic():
        site.delete()
        if not Site.objects.filter(organization=scope.organization).exists():
            create_site(scope, DEFAULT_SITE, at=at)


def remove_organization(principal: Principal, scope: Scope, *, at: datetime) -> None:
    """Remove an organization with all that is in it; there is always one left.

    Raises ConfigError while anything of it runs, or unless a superuser asks.
    """
    if principal.role_in(scope.organization_id) is not Role.SUPERUSER:
        raise ConfigError(
            f"{principal.name} may not remove {scope.organization.name}", hint="Ask a superuser."
        )
    going = Run.objects.filter(organization=scope.organization, status__in=GOING).first()
    if going is not None:
        raise _going(going, scope.organization.name)
    with transaction.atomic():
        remove_everything(scope)
        scope.organization.delete()
        if not Organization.objects.exists():
            create_organization(DEFAULT_ORGANIZATION, at=at)


def _going(run: Run, name: str) -> ConfigError:
    return ConfigError(
        f"the task '{run.task.name}' is running in '{name}'", hint="Stop it, or wait for its end."
    )
