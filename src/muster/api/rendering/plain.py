"""Single values as the API writes them."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

NO_ID = "00000000-0000-0000-0000-000000000000"
"""How existing clients spell that there is none."""


def seconds(at: datetime | int | None) -> int:
    """Return Unix seconds, 0 for never."""
    if at is None:
        return 0
    return at if isinstance(at, int) else int(at.timestamp())


def id_or_none(uid: UUID | str | None) -> str:
    """Return an id, or the zeros that say there is none."""
    return str(uid) if uid else NO_ID


def distinct(values: Iterable[str]) -> list[str]:
    """Return values once each, in their order, without empty ones."""
    return [each for each in dict.fromkeys(values) if each]


def tagged(tags: Iterable[str]) -> dict[str, str]:
    """Return tags as a map: `key=value` by its key, a bare word with no value."""
    pairs = (each.partition("=") for each in tags if each)
    return {name.strip(): value for name, _equals, value in pairs if name.strip()}
