"""What an Explorer and its server say to each other: JSON, each message with its bounds."""

from datetime import datetime
from typing import Annotated, Final, Literal, TypeVar

import msgspec

from muster.core.errors import DataError

PROTOCOL: Final = 1
"""Changes when an older side could not understand the newer one; refused if it differs."""

LONGEST_TOKEN: Final = 100

Word = Annotated[str, msgspec.Meta(max_length=100)]
Name = Annotated[str, msgspec.Meta(max_length=200)]
Sentence = Annotated[str, msgspec.Meta(max_length=1000)]
Key = Annotated[str, msgspec.Meta(min_length=43, max_length=44)]
Session = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{32}$")]
Instant = Annotated[datetime, msgspec.Meta(tz=True)]


class Message(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What every message is."""


class Machine(Message, frozen=True):
    """What an Explorer says of itself and of the machine it runs on.

    `capabilities` are words for what it can do; `lacks` are sentences for what it cannot.
    """

    version: Word
    host: Name = ""
    os: Name = ""
    arch: Word = ""
    addresses: Annotated[list[Word], msgspec.Meta(max_length=64)] = []
    capabilities: Annotated[list[Word], msgspec.Meta(max_length=64)] = []
    lacks: Annotated[list[Sentence], msgspec.Meta(max_length=16)] = []
    clock: Instant | None = None


class Enrolment(Message, frozen=True):
    """The first message, signed with the key that it brings."""

    token: Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_TOKEN)]
    signing_key: Key
    sealing_key: Key
    machine: Machine
    name: Name = ""


class Enrolled(Message, frozen=True):
    """The server took it. `organization` is "" for one that serves all of them."""

    explorer: str
    name: str
    organization: str = ""


class Hello(Message, frozen=True):
    """A process begins under this identity; `previous` is the session that its folder knew."""

    machine: Machine
    previous: Session | Literal[""] = ""


class Welcome(Message, frozen=True):
    """The session holds. After `silence_seconds` without a word it would count as gone."""

    name: str
    version: str
    silence_seconds: float
    poll_seconds: float


class Poll(Message, frozen=True):
    """The Explorer is there, and waits for work. `running` are the plans that it is at."""

    running: Annotated[list[Word], msgspec.Meta(max_length=256)] = []


class Orders(Message, frozen=True):
    """What is to be claimed, and which of the running plans are wanted no more."""

    offers: list[str] = []
    over: list[str] = []
    again_after_seconds: float = 0.0


class Claimed(Message, frozen=True):
    """A plan, sealed to the Explorer's key; in base64. Uploads go on at `next`."""

    sealed: str
    next: int = 0


class Received(Message, frozen=True):
    """What became of a chunk: the server waits for the one numbered `next`.

    `is_full` says that it waits to be worked on: the same once more, later. `is_over` says that
    nothing more is wanted, `why` in a sentence.
    """

    next: int
    is_full: bool = False
    is_over: bool = False
    why: str = ""


class Refusal(Message, frozen=True):
    """Any answer but a good one, with the server's clock."""

    code: str
    message: str
    hint: str = ""
    server_time: Instant | None = None


class Nothing(Message, frozen=True):
    """An empty message."""


AnyMessage = TypeVar("AnyMessage", bound=Message)

_encoder = msgspec.json.Encoder()


def encode(message: Message) -> bytes:
    """Return a message as JSON."""
    return _encoder.encode(message)


def decode(body: bytes, kind: type[AnyMessage]) -> AnyMessage:
    """Return the message of a body.

    Raises DataError saying what is wrong with it.
    """
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DataError(
            f"the message is no {kind.__name__}: {str(error)[:200] or 'nested too deeply'}",
            hint="Server and Explorer may be of versions that do not fit: update the older one.",
            code="malformed",
        ) from error
