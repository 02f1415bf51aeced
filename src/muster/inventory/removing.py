"""Removing for good what people say is to go: assets, services, a site, all of an organization."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from muster.core.errors import ConfigError
from muster.inventory import engine, schema
from muster.inventory.history.revisions import CurrentRevision
from muster.inventory.ingest import annotated, expiry, kept_facets, services
from muster.inventory.ingest.asset_rows import TABLE
from muster.inventory.ingest.context import RunContext, without_run
from muster.inventory.ingest.locking import alone
from muster.inventory.models import Asset, Service
from muster.organizations.models import Site
from muster.organizations.scope import Scope

_BATCH = 500
_ACT = "remove"
# The tables of bodies say whose they are only by what they are of.
_BODIES = {
    "asset_source_record": "inventory_assetsource",
    "directory_user_record": "inventory_directoryuser",
    "directory_group_record": "inventory_directorygroup",
    "service_record": "inventory_service",
}


def remove_assets(scope: Scope, uids: Iterable[UUID], *, at: datetime) -> int:
    """Remove assets with all that sources and people say of them, and return how many.

    A source that still has them brings them back. Raises ConfigError if one is not there.
    """
    _check_role(scope)
    wanted = list(dict.fromkeys(uids))
    rows = Asset.objects.filter(organization=scope.organization, uid__in=wanted)
    found = dict(rows.values_list("uid", "pk"))
    for uid in wanted:
        if uid not in found:
            raise ConfigError(
                f"there is no asset {uid}", hint="It may have been merged or removed."
            )
    _remove(scope, sorted(found.values()), at=at)
    return len(found)


def remove_service(scope: Scope, uid: UUID, *, at: datetime) -> None:
    """Remove one service; a scan that finds it again brings it back.

    Raises ConfigError if there is none such.
    """
    _check_role(scope)
    number = (
        Service.objects.filter(organization=scope.organization, uid=uid)
        .values_list("pk", flat=True)
        .first()
    )
    if number is None:
        raise ConfigError(f"there is no service {uid}", hint="It may be gone already.")
    with alone(scope.organization_id):
        services.remove(_context(scope, at), [number])


def remove_all_of_site(scope: Scope, site: Site, *, at: datetime) -> int:
    """Remove all assets of a site, and return how many."""
    _check_role(scope)
    found = Asset.objects.filter(organization=scope.organization, site=site)
    assets = list(found.order_by("pk").values_list("pk", flat=True))
    _remove(scope, assets, at=at)
    # Records that were excluded as unknown have no asset.
    rest = engine.rows(
        f"SELECT id FROM {TABLE} WHERE organization_id = %s AND site_id = %s",
        (scope.organization_id, site.pk),
    )
    _remove_records(scope, [row[0] for row in rest], at=at)
    return len(assets)


@transaction.atomic
def remove_everything(scope: Scope) -> None:
    """Remove the inventory of an organization, in a few statements; its own row stays."""
    organization = scope.organization_id
    with alone(organization):
        for bodies, of in _BODIES.items():
            engine.execute(
                f"DELETE FROM {bodies} WHERE id IN"
                f" (SELECT id FROM {of} WHERE organization_id = %s)",
                (organization,),
            )
        for table in schema.TABLES:
            if table.name not in _BODIES:
                engine.execute(
                    f"DELETE FROM {table.name} WHERE organization_id = %s", (organization,)
                )
        engine.execute("DELETE FROM asset_text WHERE organization_id = %s", (organization,))
        for rows in ("service", "assetsource", "asset", "directoryuser", "directorygroup"):
            engine.execute(
                f"DELETE FROM inventory_{rows} WHERE organization_id = %s", (organization,)
            )


def _remove(scope: Scope, assets: Sequence[int], *, at: datetime) -> None:
    for start in range(0, len(assets), _BATCH):
        batch = assets[start : start + _BATCH]
        records = engine.rows(
            f"SELECT id FROM {TABLE} WHERE organization_id = %s AND {engine.among('asset_id')}",
            (scope.organization_id, engine.listed(batch)),
        )
        _remove_records(scope, [row[0] for row in records], at=at)
        annotated.remove(scope, batch)
    if assets:
        kept_facets.refresh(_context(scope, at), at=int(at.timestamp()))


def _remove_records(scope: Scope, records: Sequence[int], *, at: datetime) -> None:
    for start in range(0, len(records), _BATCH):
        with alone(scope.organization_id):
            expiry.remove_records(_context(scope, at), records[start : start + _BATCH])


def _context(scope: Scope, at: datetime) -> RunContext:
    by = CurrentRevision(act=_ACT, made_by=scope.principal.name)
    return without_run(scope.organization_id, at=int(at.timestamp()), revision=by)


def _check_role(scope: Scope) -> None:
    if not scope.principal.role_in(scope.organization_id).may_change_inventory():
        raise ConfigError(
            f"{scope.principal.name} may not remove assets",
            hint="Ask an administrator for the role of a user.",
        )
