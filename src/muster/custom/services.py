"""Registering custom integrations, changing them, and taking them away."""

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from muster.accounts.roles import Principal, Role
from muster.core.errors import ConfigError
from muster.core.records import Collection, CollectionReport, RemovedRecord
from muster.custom.icons import checked_icon
from muster.custom.models import LONGEST_NAME, CustomIntegration
from muster.integrations import registry
from muster.inventory.ingest import Ingestion
from muster.inventory.models import AssetSource, Feed
from muster.organizations.models import Organization
from muster.organizations.scope import Scope, scope
from muster.query.values.sources import source_number

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_LONGEST_DESCRIPTION = 10_000


@dataclass(frozen=True, slots=True)
class IntegrationChange:
    """What a person gives of an integration; None stays as it is. An empty `icon` goes."""

    name: str | None = None
    description: str | None = None
    icon: bytes | None = None


def integrations() -> list[CustomIntegration]:
    """Return all, by name."""
    return list(CustomIntegration.objects.order_by("name", "pk"))


def integration(uid: UUID) -> CustomIntegration | None:
    """Return the one of that id; None if there is none."""
    return CustomIntegration.objects.filter(uid=uid).first()


@transaction.atomic
def create(
    principal: Principal, new: IntegrationChange, *, at: datetime, by: UUID | None = None
) -> CustomIntegration:
    """Register an integration and return it. Raises ConfigError for what cannot be as given."""
    _check_role(principal)
    row = CustomIntegration(
        created_at=at, updated_at=at, created_by=principal.name[:300], created_by_id=by
    )
    row.name = _free_name(new.name or "", row)
    return _saved(row, new, at=at)


@transaction.atomic
def change(
    principal: Principal, row: CustomIntegration, given: IntegrationChange, *, at: datetime
) -> CustomIntegration:
    """Change an integration and return it.

    Raises ConfigError for what cannot be as given: once assets have data of it, its name stays, as
    it stands in their attributes.
    """
    _check_role(principal)
    if given.name is not None and given.name != row.name:
        name = _free_name(given.name, row)
        if source_name(name) != source_name(row) and has_data(row):
            raise ConfigError(
                f"assets have attributes of '{row.name}', so its name stays",
                hint="Register another integration under the new name.",
            )
        row.name = name
    return _saved(row, given, at=at)


def remove(principal: Principal, row: CustomIntegration, *, at: datetime) -> None:
    """Take an integration away; what it told counts as gone from then on, in all organizations."""
    _check_role(principal)
    for organization in Organization.objects.order_by("pk"):
        own = scope(principal, organization)
        for ingestion in _ingestions(own, row, at=at):
            report = CollectionReport(
                source=source_name(row), collection=Collection.ASSETS, complete=True
            )
            ingestion.take([report])
            ingestion.finish(at=at)
    CustomIntegration.objects.filter(pk=row.pk).delete()


def remove_from_assets(
    own: Scope, row: CustomIntegration, assets: list[UUID], *, at: datetime
) -> int:
    """Take what an integration says off some assets, until it is told again; return of how many.

    Raises ConfigError if who asks may not.
    """
    if not own.principal.role_in(own.organization_id).may_change_inventory():
        raise ConfigError(
            f"{own.principal.name} may not change assets", hint="Ask an administrator."
        )
    name, touched = source_name(row), set()
    for ingestion, feed in zip(_ingestions(own, row, at=at), _feeds(own, row), strict=True):
        found = AssetSource.objects.filter(
            organization=own.organization, feed=feed, asset__uid__in=assets, gone_at=None
        ).values_list("foreign_id", "asset__uid")
        removed = [
            RemovedRecord(source=name, collection=Collection.ASSETS, id=foreign_id)
            for foreign_id, _asset in found
        ]
        touched |= {asset for _foreign_id, asset in found}
        if removed:
            ingestion.take(removed)
            ingestion.finish(at=at)
    return len(touched)


def source_name(row: CustomIntegration | str) -> str:
    """Return the name of an integration as its records say it."""
    return (row if isinstance(row, str) else row.name).casefold()


def source_id(row: CustomIntegration) -> int:
    """Return the number of an integration as a source: a negative one, as all custom ones have."""
    return -1 - int(row.pk)


def has_data(row: CustomIntegration) -> bool:
    """True if any organization has records of it."""
    return AssetSource.objects.filter(feed__source=source_name(row)).exists()


def _ingestions(own: Scope, row: CustomIntegration, *, at: datetime) -> list[Ingestion]:
    return [
        Ingestion(
            own,
            source=source_name(row),
            source_id=source_id(row),
            instance=each.instance,
            site=own.site(),
            run_id=-1,
            at=at,
        )
        for each in _feeds(own, row)
    ]


def _feeds(own: Scope, row: CustomIntegration) -> list[Feed]:
    found = Feed.objects.filter(organization=own.organization, source=source_name(row))
    return list(found.order_by("pk"))


def _saved(row: CustomIntegration, given: IntegrationChange, *, at: datetime) -> CustomIntegration:
    if given.description is not None:
        if len(given.description) > _LONGEST_DESCRIPTION or "\0" in given.description:
            raise ConfigError(f"a description has at most {_LONGEST_DESCRIPTION:,} characters")
        row.description = given.description
    if given.icon is not None:
        row.icon = checked_icon(given.icon) if given.icon else None
    row.updated_at = at
    row.save()
    return row


def _free_name(name: str, row: CustomIntegration) -> str:
    if not _NAME.fullmatch(name) or len(name) > LONGEST_NAME:
        raise ConfigError(
            f"'{name[:60]}' cannot be the name of an integration",
            hint=f"It has at most {LONGEST_NAME} letters, digits, dots, hyphens and underscores, "
            "and begins with a letter or digit.",
        )
    if source_number(name) is not None or name.casefold() in {*registry.SOURCES, "import", "csv"}:
        raise ConfigError(f"'{name}' is a source of its own", hint="Choose another name.")
    if CustomIntegration.objects.filter(name__iexact=name).exclude(pk=row.pk).exists():
        raise ConfigError(f"there is already a custom integration named '{name}'")
    return name


def _check_role(principal: Principal) -> None:
    if principal.role not in {Role.SUPERUSER, Role.ADMINISTRATOR}:
        raise ConfigError(
            f"{principal.name} may not change custom integrations", hint="Ask an administrator."
        )
