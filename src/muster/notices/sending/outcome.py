"""What came of one attempt to send, in terms of what to do next."""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto


class Result(Enum):
    """What is to happen with a message after an attempt."""

    SENT = auto()
    LATER = auto()  # it may go through another time
    NEVER = auto()  # this message will not, others may
    HALTED = auto()  # a person must act before anything is tried again


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt ended. `why` holds no secret and nothing that the other side wrote.

    `is_channels` says that other messages would fare no better now. `after` is how long the other
    side asked us to wait, None if it named no time.
    """

    result: Result
    why: str = ""
    is_channels: bool = False
    after: timedelta | None = None


SENT = Outcome(Result.SENT)
