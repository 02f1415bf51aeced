"""What a collecting process and the one that ingests say to each other: lines of JSON.

The plan's step goes in as one line; records come out as in any NDJSON file, and among them the
messages here. Secrets pass through the pipe only, never through arguments or the environment.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import IO, Any

import msgspec

from muster.core.errors import MusterError, UnavailableError
from muster.core.records import AnyRecord, Collection
from muster.core.source import Progress


class Order(msgspec.Struct, frozen=True):
    """What to collect."""

    source: str
    options: dict[str, str]
    secret: dict[str, str]
    endpoints: dict[str, str]
    now: datetime
    state: dict[str, str] | None = None
    checkpoints: dict[str, dict[str, str]] | None = None


class Message(msgspec.Struct, frozen=True, tag_field="type"):
    """What a collecting process says besides records."""


class ListEnd(Message, frozen=True, tag="list-end"):
    """The records since the last of these belong together: they are ingested as one."""


class Advance(Message, frozen=True, tag="advance"):
    """`Progress.advance`."""

    collection: Collection
    done: int
    total: int | None


class LogLine(Message, frozen=True, tag="log"):
    """`Progress.log`."""

    level: str
    event: str
    fields: dict[str, Any]


class Counted(Message, frozen=True, tag="count"):
    """`Progress.count`."""

    name: str
    amount: int


class Ended(Message, frozen=True, tag="ended"):
    """The last line of a process that ended by itself; `message` is empty if all went well.

    A defect of ours has the traceback in `defect`.
    """

    message: str = ""
    hint: str = ""
    code: str = ""
    defect: str = ""


Line = AnyRecord | ListEnd | Advance | LogLine | Counted | Ended

CHUNK_BYTES = 1 << 20

_encoder = msgspec.json.Encoder(enc_hook=str)
_decoder: msgspec.json.Decoder[Line] = msgspec.json.Decoder(Line)


class LostProcessError(UnavailableError):
    """The other process ended without saying how."""


class DefectError(Exception):
    """The source failed in a way that is a defect of ours; the text is its traceback."""


def encode(line: Line) -> bytes:
    """Return a record or message as one line."""
    return _encoder.encode(line) + b"\n"


def decode(lines: bytes) -> list[Line]:
    """Return the records and messages of whole lines."""
    return _decoder.decode_lines(lines)


def failure_of(ended: Ended) -> Exception | None:
    """Return how the other process says that it failed; None if it did not."""
    if ended.defect:
        return DefectError(ended.defect)
    if ended.message:
        return MusterError(ended.message, hint=ended.hint, code=ended.code)
    return None


def whole_lines(stream: IO[bytes]) -> Iterator[bytes]:
    """Yield what comes as soon as it comes, in pieces of whole lines without the last newline."""
    rest = b""
    while chunk := stream.read1(CHUNK_BYTES):  # type: ignore[attr-defined]
        whole, newline, after = chunk.rpartition(b"\n")
        if newline:
            yield rest + whole
            rest = after
        else:
            rest += chunk


def tell(progress: Progress, message: Message) -> None:
    """Pass on what the other process says of its progress."""
    if isinstance(message, Advance):
        progress.advance(message.collection, message.done, message.total)
    elif isinstance(message, LogLine):
        progress.log(message.level, message.event, **message.fields)
    elif isinstance(message, Counted):
        progress.count(message.name, message.amount)
