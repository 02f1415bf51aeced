"""Short ways to let time pass and retention do its work."""

from datetime import timedelta

from inventory.ingest.feeding import ingest
from muster.inventory import engine, retention
from muster.inventory.retention import Policy

DAY = timedelta(days=1)
THINGS = {
    "asset": "inventory_asset",
    "record": "inventory_assetsource",
    "user": "inventory_directoryuser",
    "group": "inventory_directorygroup",
}


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


def there(scope):
    """What there is, in the same pairs; records of assets that go whole are not counted twice."""
    found = set()
    for kind, table in THINGS.items():
        column = "foreign_id" if kind == "record" else "uid"
        rows = engine.rows(
            f"SELECT {column} FROM {table} WHERE organization_id = %s", (scope.organization_id,)
        )
        found |= {(kind, _written(kind, row[0])) for row in rows}
    return found


def sync(scope, records, *, at, run_id=1, **more):
    return ingest(scope, records, at=at, run_id=run_id, **more)


def _written(kind, value):
    from uuid import UUID

    return value if kind == "record" else str(UUID(str(value)))
