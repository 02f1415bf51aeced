"""What a record from a file must be besides its form before it is stored: strangers wrote it."""

import re

from muster.core import ndjson
from muster.core.errors import DataError
from muster.core.records import AnyRecord

_SOURCE = re.compile(r"[a-z0-9][a-z0-9_.-]*")
# PostgreSQL stores no NUL in text. An even number of backslashes before it means another thing.
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


def check(record: AnyRecord, *, name: str, number: int) -> None:
    """Raise DataError naming the record if it cannot be stored as it is."""
    if not _SOURCE.fullmatch(record.source):
        raise DataError(
            f"{name}: record {number} has the source '{record.source}'",
            hint="A source is a short name in lower case, such as runzero.",
        )
    if _NUL.search(ndjson.encode(record)):
        raise DataError(
            f"{name}: record {number} holds a NUL character", hint="Remove it from the text."
        )
