"""What sources say of assets, as it is kept."""

from collections.abc import Iterable
from dataclasses import dataclass

from muster.core import ndjson
from muster.core.records import AssetRecord
from muster.inventory import engine
from muster.organizations.scope import Scope


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """One record of an asset with what is stored beside it; instants are Unix seconds.

    `left_at` is since when nobody reads its feed, `run_id` the run that last told of it.
    """

    number: int
    asset: int
    source_id: int
    record: AssetRecord
    match_rule: str
    match_key: str
    match_record: int | None
    superseded_by: int | None
    matched_at: int
    first_seen: int
    last_seen: int
    gone_at: int | None
    is_deselected: bool
    left_at: int | None
    run_id: int = 0


def records_of(scope: Scope, assets: Iterable[int]) -> list[StoredRecord]:
    """Return the records of assets of the scope: our own scans first, then by source."""
    found = engine.rows(
        "SELECT s.id, s.asset_id, s.source_id, r.body, s.match_rule, s.match_key, s.match_record,"
        " s.matched_at, s.first_seen, s.last_seen, s.gone_at, s.superseded_by,"
        " s.is_deselected, f.left_at, s.run_id"
        " FROM inventory_assetsource s JOIN inventory_feed f ON f.id = s.feed_id"
        " JOIN asset_source_record r ON r.id = s.id"
        f" WHERE s.organization_id = %s AND {engine.among('s.asset_id')}"
        " ORDER BY s.source_id < 0, s.source_id, s.foreign_id",
        (scope.organization_id, engine.listed(assets)),
    )
    decoded = ((row, ndjson.decode(bytes(row[3]))) for row in found)
    return [
        StoredRecord(
            number=row[0],
            asset=row[1],
            source_id=row[2],
            record=record,
            match_rule=row[4],
            match_key=row[5],
            match_record=row[6],
            superseded_by=row[11],
            matched_at=row[7],
            first_seen=row[8],
            last_seen=row[9],
            gone_at=row[10],
            is_deselected=bool(row[12]),
            left_at=row[13],
            run_id=row[14],
        )
        for row, record in decoded
        if isinstance(record, AssetRecord)
    ]
