"""One notice, as both kinds of channels send it: its words, and its values for programs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from muster.notices.texts import one_line, shortened

_LONGEST_SUBJECT = 200
_LONGEST_LINE = 900  # RFC 5321 allows 998 bytes, and encoding may lengthen


@dataclass(frozen=True, slots=True)
class Message:
    """A notice. `id` is the same at every attempt, so that a second copy can be told."""

    id: UUID
    action: str
    sentence: str
    at: datetime
    organization: str
    by: str = ""
    target_type: str = ""
    target_id: str = ""
    target_name: str = ""
    success: bool = True
    amount: int = 1
    details: Mapping[str, Any] = field(default_factory=dict)
    event_id: str = ""
    rule: str = ""
    found: int = 1
    held_back: int = 0

    @property
    def subject(self) -> str:
        """One line that says what happened to what, where."""
        about = f": {self.target_name}" if self.target_name else ""
        return shortened(
            one_line(f"[Muster] {self.sentence}{about} ({self.organization})"), _LONGEST_SUBJECT
        )

    def text(self) -> str:
        """Return what a person reads, a line for each fact."""
        return "\n".join(shortened(one_line(each), _LONGEST_LINE) for each in self._lines()) + "\n"

    def _lines(self) -> Iterator[str]:
        yield f"{self.sentence}: {self.target_name}" if self.target_name else self.sentence
        yield f"When: {self.at:%Y-%m-%d %H:%M:%S} UTC"
        yield f"Organization: {self.organization}"
        if self.by:
            yield f"By: {self.by}"
        if self.amount != 1:
            yield f"How many: {self.amount:,}"
        if self.found != self.amount:
            yield f"Found by the rule's query: {self.found:,}"
        for name, value in self.details.items():
            yield f"{name.replace('_', ' ').capitalize()}: {_plain(value)}"
        if self.rule:
            yield f"Rule: {self.rule}"
        if self.held_back:
            yield f"Held back since the last notice of this rule: {self.held_back:,}"

    def body(self) -> bytes:
        """Return the JSON of it, in the form of the Standard Webhooks specification."""
        target = {"type": self.target_type, "id": self.target_id, "name": self.target_name}
        data = {
            "event_id": self.event_id,
            "organization": self.organization,
            "success": self.success,
            "by": self.by,
            "target": target if self.target_type else None,
            "amount": self.amount,
            "details": dict(self.details),
            "rule": self.rule,
            "found": self.found,
            "held_back": self.held_back,
        }
        return orjson.dumps({"type": self.action, "timestamp": self.at, "data": data})


def test_message(id: UUID, *, at: datetime, organization: str, channel: str) -> Message:  # noqa: A002 - it is the field's name
    """Return the message that tries a channel."""
    return Message(
        id=id,
        action="test",
        sentence="Test of a channel",
        at=at,
        organization=organization,
        target_name=channel,
    )


def _plain(value: object) -> str:
    return value if isinstance(value, str) else orjson.dumps(value, default=str).decode()
