"""Records as NDJSON lines: the seam between collecting and ingesting, on disk or on the wire."""

import codecs
from collections.abc import Iterable, Iterator
from typing import BinaryIO

import msgspec

from muster.core.errors import DataError
from muster.core.records import AnyRecord, Record
from muster.core.scanfile import AnyScanLine

AnyLine = AnyRecord | AnyScanLine
"""What a line of a file can be: a record, or what a scan tells of itself besides."""

LONGEST_LINE_BYTES = 16 * 1024 * 1024

_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[AnyLine] = msgspec.json.Decoder(AnyLine)


def encode(line: AnyLine) -> bytes:
    """Return the record as one line, with its newline."""
    return _encoder.encode(line) + b"\n"


def decode(line: bytes, *, number: int = 0) -> AnyRecord:
    """Return the record of one line.

    Raises DataError naming the line's `number` if it is no record of ours.
    """
    decoded = decode_line(line, number=number)
    if not isinstance(decoded, Record):
        raise DataError(f"line {number} tells of a scan and is not a record")
    return decoded


def decode_line(line: bytes, *, number: int = 0) -> AnyLine:
    """Return what one line holds, be it a record or what a scan tells of itself.

    Raises DataError naming the line's `number` if it is neither.
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
    """Yield the records of a file, skipping blank lines and what a scan tells of itself.

    Raises DataError at the first line that is neither, or that does not end.
    """
    for line in read_lines(file):
        if isinstance(line, Record):
            yield line


def read_lines(file: BinaryIO) -> Iterator[AnyLine]:
    """Yield everything that a file holds, skipping blank lines. Raises DataError as `read`."""
    number = 0
    while line := file.readline(LONGEST_LINE_BYTES + 1):
        number += 1
        if len(line) > LONGEST_LINE_BYTES:
            raise DataError(f"line {number} is longer than {LONGEST_LINE_BYTES} bytes")
        if number == 1:
            line = line.removeprefix(codecs.BOM_UTF8)  # Windows' editors and shells write one
        if line.strip():
            yield decode_line(line, number=number)
