"""Reading a known amount from a stream that promises nothing."""

from collections.abc import Callable
from datetime import timedelta

from muster.core.errors import DataError, UnavailableError
from muster.core.probe import Stream
from muster.protocols import ber

_CHUNK = 16 * 1024
_HEAD = 6
"""The longest head of an element: a tag, and a length of up to five bytes."""

_MOST_READS = 4096
"""A device that sends single bytes for ever is left after so many."""


async def read_exactly(stream: Stream, count: int, *, most: int) -> bytes:
    """Return `count` bytes, a number that the other side chose.

    Raises DataError if that is more than `most`, or if the other side ends before.
    """
    if count > most:
        raise DataError(f"the answer claims {count} bytes")
    data = bytearray()
    for _ in range(_MOST_READS):
        if len(data) == count:
            return bytes(data)
        chunk = await stream.read(count - len(data))
        if not chunk:
            break
        data += chunk
    raise DataError(f"the answer ends after {len(data)} of {count} bytes")


async def read_until(
    stream: Stream, end: bytes, *, most: int, wait: timedelta | None = None
) -> bytes:
    """Return what comes up to and with `end`, and what came along behind it.

    What there is when the other side finishes, goes silent, or has sent `most` bytes, is
    returned without the end. Raises UnavailableError if nothing came at all.
    """
    return await _gathered(stream, most=most, wait=wait, is_enough=lambda data: end in data)


async def read_to_end(stream: Stream, *, most: int) -> bytes:
    """Return everything up to `most` bytes, or until the other side finishes or goes silent."""
    return await _gathered(stream, most=most, wait=None, is_enough=lambda _data: False)


async def read_line(stream: Stream, *, most: int = 1024, wait: timedelta | None = None) -> bytes:
    """Return one line without its end, and nothing of what came behind it."""
    data = await read_until(stream, b"\n", most=most, wait=wait)
    return data.split(b"\n", 1)[0].rstrip(b"\r")


async def read_element(stream: Stream, *, most: int) -> bytes:
    """Return one element in basic encoding (`ber`), whole. Raises DataError if it is too long."""
    start = await read_exactly(stream, _HEAD, most=_HEAD)
    head, size = ber.size_of_head(start)
    return start + await read_exactly(stream, max(0, head + size - _HEAD), most=most)


async def _gathered(
    stream: Stream,
    *,
    most: int,
    wait: timedelta | None,
    is_enough: Callable[[bytearray], bool],
) -> bytes:
    data = bytearray()
    for _ in range(_MOST_READS):
        if len(data) >= most or is_enough(data):
            break
        try:
            chunk = await stream.read(min(_CHUNK, most - len(data)), wait=wait)
        except UnavailableError:
            if not data:
                raise
            break
        if not chunk:
            break
        data += chunk
    return bytes(data)
