"""Short ways to let time pass and retention do its work."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from inventory.ingest.feeding import ingest
from muster.inventory import engine, retention
from muster.inventory.retention import Policy

DAY = timedelta(days=1)


def never_ran(_instant):
    return None


def keep(scope, *, at, **settings) -> Policy:
    texts = {name: str(value) for name, value in settings.items()}
    return retention.change(scope, texts, at=at)


def expire(scope, *, at, first_run=never_ran):
    made = retention.plan(scope, at=at, first_run=first_run)
    return retention.carry_out(scope, made, first_run=first_run)


def would_go(scope, *, at, first_run=never_ran):
    """What the dry run lists, as pairs of a kind and an id (a record by its foreign id)."""
    made = retention.plan(scope, at=at, first_run=first_run)
    return {
        (each.kind, each.foreign_id if each.kind == "record" else each.id)
        for each in retention.listed(scope, made)
    }


@dataclass(frozen=True)
class There:
    """What there is: assets with the foreign ids of their records, and users and groups."""

    assets: dict[str, set[str]]
    records: set[str]
    entries: set[tuple[str, str]]


def there(scope) -> There:
    organization = scope.organization_id
    assets: dict[str, set[str]] = {}
    records = engine.rows(
        "SELECT s.foreign_id, t.uid FROM inventory_assetsource s"
        " LEFT JOIN inventory_asset t ON t.id = s.asset_id WHERE s.organization_id = %s",
        (organization,),
    )
    for foreign_id, uid in records:
        if uid:
            assets.setdefault(_written(uid), set()).add(foreign_id)
    entries = {
        (kind, _written(row[0]))
        for kind in ("user", "group")
        for row in engine.rows(
            f"SELECT uid FROM inventory_directory{kind} WHERE organization_id = %s", (organization,)
        )
    }
    return There(assets, {row[0] for row in records}, entries)


def sync(scope, records, *, at, run_id=1, **more):
    return ingest(scope, records, at=at, run_id=run_id, **more)


def _written(uid):
    return str(UUID(str(uid)))
