"""Instants as rows keep them, and as everybody else wants them."""

from datetime import UTC, datetime

_FIRST = int(datetime(1, 1, 2, tzinfo=UTC).timestamp())
_LAST = int(datetime(9999, 12, 30, tzinfo=UTC).timestamp())


def instant(seconds: int | None) -> datetime | None:
    """Return Unix seconds as an aware datetime; None stays None.

    What no calendar has becomes the nearest day that it has: one record with a wild date must
    not keep others from being shown.
    """
    if seconds is None:
        return None
    return datetime.fromtimestamp(min(max(seconds, _FIRST), _LAST), UTC)
