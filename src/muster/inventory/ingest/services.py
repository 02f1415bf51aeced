"""Taking service records: open ports of assets of the same feed."""

from collections.abc import Sequence

from muster.core.records import AnyRecord, ServiceRecord
from muster.inventory import engine
from muster.inventory.ingest.asset_rows import TABLE
from muster.inventory.ingest.bodies import body_of
from muster.inventory.ingest.context import RunContext
from muster.query.values.patterns import fold

_COLUMNS = (
    "organization_id",
    "record_id",
    "transport",
    "port",
    "address",
    "protocols",
    "product",
    "body",
    "run_id",
)
_UPSERT = (
    "(organization_id, record_id, transport, port, address) DO UPDATE SET"
    " protocols = excluded.protocols, product = excluded.product, body = excluded.body,"
    " run_id = excluded.run_id"
)


def take(context: RunContext, records: Sequence[AnyRecord]) -> None:
    """Write a batch of services; one of an asset that the feed never named counts as unreadable."""
    services = [each for each in records if isinstance(each, ServiceRecord)]
    numbers = _numbers(context, {each.asset_id for each in services})
    rows = {}
    for each in services:
        if each.asset_id in numbers:
            row = _row(context, numbers[each.asset_id], each)
            rows[row[:5]] = row
    context.statistics.add("services", len(rows))
    strangers = sum(each.asset_id not in numbers for each in services)
    context.statistics.add("unreadable", strangers)
    engine.insert("asset_service", _COLUMNS, list(rows.values()), update=_UPSERT)


def sweep(context: RunContext) -> None:
    """Remove services that a complete scan of their asset no longer found."""
    engine.execute(
        "DELETE FROM asset_service WHERE organization_id = %s AND run_id <> %s AND record_id IN"
        f" (SELECT id FROM {TABLE} WHERE organization_id = %s AND feed_id = %s AND run_id = %s)",
        (
            context.organization_id,
            context.run_id,
            context.organization_id,
            context.feed_id,
            context.run_id,
        ),
    )


def _numbers(context: RunContext, foreign_ids: set[str]) -> dict[str, int]:
    found = engine.rows(
        f"SELECT foreign_id, id FROM {TABLE} WHERE organization_id = %s AND feed_id = %s"
        f" AND {engine.among('foreign_id')}",
        (context.organization_id, context.feed_id, engine.listed(foreign_ids)),
    )
    return dict(found)


def _row(context: RunContext, number: int, record: ServiceRecord) -> tuple[object, ...]:
    return (
        context.organization_id,
        number,
        fold(record.transport),
        record.port,
        fold(record.address),
        fold("\t".join(record.protocols)),
        fold(record.product),
        body_of(record),
        context.run_id,
    )
