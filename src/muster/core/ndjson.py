"""Records as NDJSON lines: the seam between collecting and ingesting, on disk or on the wire."""

import codecs
from collections.abc import Iterable, Iterator
from typing import BinaryIO

import msgspec

from muster.core.errors import DataError
from muster.core.records import AnyRecord

LONGEST_LINE_BYTES = 16 * 1024 * 1024

_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[AnyRecord] = msgspec.json.Decoder(AnyRecord)


def encode(record: AnyRecord) -> bytes:
    """Return the record as one line, with its newline."""
    return _encoder.encode(record) + b"\n"


def decode(line: bytes, *, number: int = 0) -> AnyRecord:
    """Return the record of one line.

    Raises DataError naming the line's `number` if it is no record of ours.
    """
    try:
        return _decoder.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        why = "it is nested too deeply" if isinstance(error, RecursionError) else error
        raise DataError(
            f"line {number} is not a record: {why}",
            hint="Each line must be one JSON object with a known `type`; see docs/guide/import.md.",
        ) from error


def write(records: Iterable[AnyRecord], file: BinaryIO) -> int:
    """Write the records and return how many there were."""
    count = 0
    for record in records:
        file.write(encode(record))
        count += 1
    return count


def read(file: BinaryIO) -> Iterator[AnyRecord]:
    """Yield the records of a file, skipping blank lines.

    Raises DataError at the first line that is no record, or that does not end.
    """
    number = 0
    while line := file.readline(LONGEST_LINE_BYTES + 1):
        number += 1
        if len(line) > LONGEST_LINE_BYTES:
            raise DataError(f"line {number} is longer than {LONGEST_LINE_BYTES} bytes")
        if number == 1:
            line = line.removeprefix(codecs.BOM_UTF8)  # Windows' editors and shells write one
        if line.strip():
            yield decode(line, number=number)
