"""What a record from a file must be besides its form before it is stored: strangers wrote it."""

import re
from collections.abc import Iterator
from datetime import MAXYEAR, MINYEAR, UTC, datetime

from muster.core import ndjson
from muster.core.errors import DataError
from muster.core.records import (
    AnyRecord,
    AssetRecord,
    MembershipRecord,
    OwnershipRecord,
    UserRecord,
)

_SOURCE = re.compile(r"[a-z0-9][a-z0-9_.-]*")
# PostgreSQL stores no NUL in text. An even number of backslashes before it means another thing.
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")

_WORDS = {
    "member_kind": ("user", "group", "device", "other"),
    "subject_kind": ("asset", "group"),
    "owner_kind": ("user", "other"),
    "relation": ("owner", "user"),
}
_EDGES = {MINYEAR, MAXYEAR}


def check(record: AnyRecord, *, name: str, number: int) -> None:
    """Raise DataError naming the record if it cannot be stored as it is."""
    if not _SOURCE.fullmatch(record.source):
        raise DataError(
            f"{name}: record {number} has the source '{record.source}'",
            hint="A source is a short name in lower case, such as runzero.",
        )
    check_form(record, where=f"{name}: record {number}")
    if _NUL.search(ndjson.encode(record)):
        raise DataError(
            f"{name}: record {number} holds a NUL character", hint="Remove it from the text."
        )


def check_form(record: AnyRecord, *, where: str) -> None:
    """Raise DataError, beginning with `where`, for what no source of ours would say."""
    _check_words(record, where=where)
    _check_instants(record, where=where)


def _check_words(record: AnyRecord, *, where: str) -> None:
    """Raise DataError for a word that nothing would ever look for: the relation would be lost."""
    if not isinstance(record, MembershipRecord | OwnershipRecord):
        return
    for field in record.__struct_fields__:
        given = getattr(record, field)
        if field in _WORDS and given not in _WORDS[field]:
            raise DataError(
                f"{where} has the {field} '{given}'",
                hint=f"It is one of: {', '.join(_WORDS[field])}.",
            )


def _check_instants(record: AnyRecord, *, where: str) -> None:
    """Raise DataError for an instant that its zone carries out of the years that there are."""
    for field, instant in _instants(record):
        if instant is None or instant.year not in _EDGES:
            continue
        try:
            instant.astimezone(UTC)
        except OverflowError as error:
            raise DataError(
                f"{where} has the {field} {instant.isoformat()}, which is out of range",
                hint="In UTC, an instant lies in the years 0001 to 9999.",
            ) from error


def _instants(record: AnyRecord) -> Iterator[tuple[str, datetime | None]]:
    if isinstance(record, AssetRecord):
        yield "first_seen_at", record.first_seen_at
        yield "seen_at", record.seen_at
    elif isinstance(record, UserRecord):
        yield "last_logon_at", record.last_logon_at
