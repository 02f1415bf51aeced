"""Records as they are kept: whole, encoded, with a digest that tells whether one changed.

When a record was seen is not part of it: seeing the same again is no change.
"""

import hashlib
from collections.abc import Collection, Iterable

from muster.core import ndjson
from muster.core.records import AnyRecord, AssetRecord
from muster.inventory import engine


def body_of(record: AnyRecord) -> bytes:
    """Return the record encoded, without its times of seeing."""
    if isinstance(record, AssetRecord) and (record.seen_at or record.first_seen_at):
        from msgspec.structs import replace

        record = replace(record, seen_at=None, first_seen_at=None)
    return ndjson.encode(record).rstrip(b"\n")


def digest_of(body: bytes) -> int:
    """Return 64 bits that change with the body, signed so that both engines can hold them."""
    return int.from_bytes(hashlib.blake2b(body, digest_size=8).digest(), "big", signed=True)


def read(table: str, ids: Collection[int]) -> dict[int, AnyRecord]:
    """Return records by id."""
    if not ids:
        return {}
    found = engine.rows(
        f"SELECT id, body FROM {table} WHERE {engine.among('id')}",
        (engine.listed(ids),),
    )
    return {number: ndjson.decode(bytes(body)) for number, body in found}


def write(table: str, bodies: dict[int, bytes], *, is_clear: bool = False) -> None:
    """Write bodies by id, over what was there; `is_clear` says that most likely none was."""
    engine.insert(
        table,
        ("id", "body"),
        sorted(bodies.items()),
        update="(id) DO UPDATE SET body = excluded.body",
        is_clear=is_clear,
    )


def delete(table: str, ids: Iterable[int]) -> None:
    """Delete bodies by id."""
    engine.delete_by(table, "id", ids)
