"""Pushing what a custom integration says at once, without a task."""

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from muster.core.errors import ConfigError
from muster.core.records import AnyRecord, AssetRecord
from muster.custom.models import CustomIntegration
from muster.custom.services import source_id, source_name
from muster.inventory.ingest import Ingestion
from muster.inventory.models import AssetSource
from muster.organizations.models import Site
from muster.organizations.scope import Scope


def push_one(
    scope: Scope,
    row: CustomIntegration,
    read: Callable[[str], AssetRecord],
    *,
    site: Site,
    at: datetime,
) -> UUID:
    """Store one asset and return the id of the asset that it is of.

    `read` makes the record, given the integration's name. Raises ConfigError if who asks may not.
    """
    check_may_push(scope)
    record = read(source_name(row))
    push(scope, row, [record], site=site, at=at)
    found = (
        AssetSource.objects.filter(
            organization=scope.organization,
            feed__source=source_name(row),
            feed__instance=str(site.uid),
            foreign_id=record.id,
            asset__isnull=False,
        )
        .values_list("asset__uid", flat=True)
        .first()
    )
    assert found is not None  # nothing was excluded
    return found


def push(
    scope: Scope,
    row: CustomIntegration,
    records: Sequence[AnyRecord],
    *,
    site: Site,
    at: datetime,
    instance: str = "",
) -> None:
    """Store records of an integration; `instance` is the site's world where none is named."""
    ingestion = Ingestion(
        scope,
        source=source_name(row),
        source_id=source_id(row),
        instance=instance or str(site.uid),
        site=site,
        run_id=0,
        at=at,
    )
    ingestion.take(records)
    ingestion.finish(at=at)


def check_may_push(scope: Scope) -> None:
    """Raise ConfigError if who asks may not change assets."""
    if not scope.principal.role_in(scope.organization_id).may_change_inventory():
        raise ConfigError(
            f"{scope.principal.name} may not push assets",
            hint="Ask an administrator for the role of a user.",
        )
