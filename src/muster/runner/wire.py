"""What a collecting process and the one that ingests say to each other: lines of JSON.

The plan's step goes in as one line; records come out as in any NDJSON file, and among them the
messages here. Secrets pass through the pipe only, never through arguments or the environment.
"""

from datetime import datetime
from typing import Any

import msgspec

from muster.core.errors import MusterError, UnavailableError
from muster.core.records import AnyRecord, Collection


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
