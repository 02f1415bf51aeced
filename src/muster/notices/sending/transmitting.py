"""Trying a channel's messages in turn, without the database: other channels are tried beside."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings

from muster.core.errors import ConfigError
from muster.core.redact import redact
from muster.notices.sending import mail, webhook
from muster.notices.sending.message import Message
from muster.notices.sending.outcome import Outcome, Result

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Line:
    """An opened channel. Prints without what it holds."""

    type: str
    values: Mapping[str, str] = field(repr=False)
    secrets: frozenset[str] = field(repr=False)


def transmit(line: Line, message: Message, *, clock: Clock) -> Outcome:
    """Send one message and return what came of it, without secrets."""
    outcome = _sent(line, message, clock)
    why = redact(outcome.why, [line.values[each] for each in line.secrets if each in line.values])
    return Outcome(outcome.result, why, outcome.is_channels, outcome.after)


def transmit_all(line: Line, messages: Sequence[Message], *, clock: Clock) -> list[Outcome]:
    """Send messages in turn; those behind a failure of the channel itself have no outcome."""
    outcomes: list[Outcome] = []
    for each in messages:
        outcomes.append(transmit(line, each, clock=clock))
        if outcomes[-1].is_channels and outcomes[-1].result is not Result.SENT:
            break
    return outcomes


def _sent(line: Line, message: Message, clock: Clock) -> Outcome:
    is_internal_allowed = settings.NOTICES_MAY_GO_INSIDE
    match line.type:
        case "email":
            return mail.send(
                line.values,
                message,
                environ=os.environ,
                is_internal_allowed=is_internal_allowed,
            )
        case "webhook":
            return webhook.post(
                line.values, message, at=clock(), is_internal_allowed=is_internal_allowed
            )
        case _:
            raise ConfigError(f"there is no kind of channel '{line.type}'")
