"""Telling new, changed and unchanged records apart, for assets, users and groups alike."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from muster.core.records import AssetRecord, GroupRecord, UserRecord
from muster.inventory import engine
from muster.inventory.ingest.bodies import body_of, digest_of
from muster.inventory.ingest.context import RunContext

R = TypeVar("R", AssetRecord, UserRecord, GroupRecord)

LONGEST_ID = 300


@dataclass(frozen=True, slots=True)
class Stored(Generic[R]):
    """An incoming record beside what is stored of it; `number` is None for a new one."""

    record: R
    body: bytes
    digest: int
    number: int | None
    is_changed: bool
    was_gone: bool


def compare(context: RunContext, table: str, records: Sequence[R]) -> list[Stored[R]]:
    """Return each record beside what is stored; of records with one id, the last counts."""
    latest = {record.id: record for record in records if _is_usable(record.id)}
    context.statistics.add("unreadable", sum(not _is_usable(each.id) for each in records))
    known = _known(context, table, latest)
    return [_beside(record, known.get(foreign_id)) for foreign_id, record in latest.items()]


def _is_usable(foreign_id: str) -> bool:
    """False for an id that no database column could hold: its record cannot be told again."""
    return 0 < len(foreign_id) <= LONGEST_ID and "\0" not in foreign_id


def _known(
    context: RunContext, table: str, foreign_ids: Iterable[str]
) -> dict[str, tuple[int, int, int | None]]:
    found = engine.rows(
        f"SELECT foreign_id, id, digest, gone_at FROM {table}"
        f" WHERE organization_id = %s AND feed_id = %s AND {engine.among('foreign_id')}",
        (context.organization_id, context.feed_id, engine.listed(foreign_ids)),
    )
    return {row[0]: (row[1], row[2], row[3]) for row in found}


def _beside(record: R, known: tuple[int, int, int | None] | None) -> Stored[R]:
    body = body_of(record)
    digest = digest_of(body)
    number, old_digest, gone_at = known or (None, None, None)
    return Stored(
        record=record,
        body=body,
        digest=digest,
        number=number,
        is_changed=digest != old_digest,
        was_gone=gone_at is not None,
    )
