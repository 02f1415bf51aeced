"""Instants as rows keep them, and as everybody else wants them."""

from datetime import UTC, datetime


def instant(seconds: int | None) -> datetime | None:
    """Return Unix seconds as an aware datetime; None stays None."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
