"""Templates of scans: settings under a name."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from muster.accounts.roles import Principal
from muster.core.errors import ConfigError
from muster.organizations.editing import organizations_seen_by
from muster.organizations.models import Organization
from muster.tasks.models import ScanTemplate
from muster.tasks.services.checking import checked_description, checked_name

MOST_PARAMS = 200
_LONGEST_PARAM = 10_000


@dataclass(frozen=True, slots=True)
class TemplateChange:
    """What a person gives of a template."""

    name: str
    organization: Organization
    description: str = ""
    params: Mapping[str, str] = field(default_factory=dict)
    is_global: bool = False
    acl: Mapping[str, Any] = field(default_factory=dict)


def templates(principal: Principal) -> list[ScanTemplate]:
    """Return the templates that somebody may use, by name."""
    seen = [each.pk for each in organizations_seen_by(principal)]
    found = ScanTemplate.objects.filter(Q(organization__in=seen) | Q(is_global=True))
    return list(found.select_related("organization").order_by("name", "pk"))


def template(principal: Principal, uid: UUID) -> ScanTemplate | None:
    """Return the one of that id; None if there is none that they may use."""
    return next((each for each in templates(principal) if each.uid == uid), None)


@transaction.atomic
def create(principal: Principal, new: TemplateChange, *, at: datetime) -> ScanTemplate:
    """Save a template and return it. Raises ConfigError for what cannot be as given."""
    row = ScanTemplate(created_at=at, created_by=principal.name[:200])
    return _saved(principal, row, new, at=at)


@transaction.atomic
def replace(
    principal: Principal, row: ScanTemplate, new: TemplateChange, *, at: datetime
) -> ScanTemplate:
    """Give a template other settings and return it."""
    _check(principal, row.organization)
    return _saved(principal, row, new, at=at)


def remove(principal: Principal, row: ScanTemplate) -> None:
    """Take a template away."""
    _check(principal, row.organization)
    row.delete()


def _saved(
    principal: Principal, row: ScanTemplate, new: TemplateChange, *, at: datetime
) -> ScanTemplate:
    _check(principal, new.organization)
    row.name, row.organization = checked_name(new.name), new.organization
    others = ScanTemplate.objects.filter(organization=new.organization, name__iexact=row.name)
    if others.exclude(pk=row.pk).exists():
        raise ConfigError(f"there is already a template named '{row.name}'")
    row.description = checked_description(new.description)
    row.params, row.acl = _params(new.params), dict(new.acl)
    row.is_global, row.updated_at = new.is_global, at
    row.save()
    return row


def _params(given: Mapping[str, str]) -> dict[str, str]:
    if len(given) > MOST_PARAMS or any(
        len(name) > MOST_PARAMS or len(text) > _LONGEST_PARAM for name, text in given.items()
    ):
        raise ConfigError(
            f"a template has at most {MOST_PARAMS} settings of {_LONGEST_PARAM:,} characters"
        )
    return dict(given)


def _check(principal: Principal, organization: Organization) -> None:
    if not principal.role_in(organization.pk).may_change_tasks():
        raise ConfigError(
            f"{principal.name} may not change templates of {organization.name}",
            hint="Ask an administrator.",
        )
