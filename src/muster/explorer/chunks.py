"""Chunks: whole lines of NDJSON, packed with gzip, and never more than a reader has room for."""

import gzip
import zlib
from typing import Final

from muster.core.errors import DataError

AIM_BYTES: Final = 512 * 1024
"""About so much goes into one chunk: less than proxies let through (nginx: 1 MiB)."""

MOST_PACKED_BYTES: Final = 2 * 1024 * 1024
MOST_BYTES: Final = 8 * 1024 * 1024
"""What one chunk may unpack to. A gzip bomb is given up after that, not after the memory."""

LONGEST_LINE_BYTES: Final = 1024 * 1024
_GZIP = 31
_LEVEL = 3


def pack(lines: bytes) -> bytes:
    """Return lines as one chunk. The same lines are the same chunk."""
    return gzip.compress(lines, _LEVEL, mtime=0)


def unpack(chunk: bytes) -> bytes:
    """Return the lines of a chunk, in bounded memory.

    Raises DataError if it is too large, no gzip, cut off, has anything behind its end, or ends
    within a line.
    """
    if len(chunk) > MOST_PACKED_BYTES:
        raise _refused(f"it is larger than {MOST_PACKED_BYTES:,} bytes")
    unpacker = zlib.decompressobj(_GZIP)
    try:
        lines = unpacker.decompress(chunk, MOST_BYTES + 1)
    except zlib.error as error:
        raise _refused(f"it is no gzip ({error})") from error
    if len(lines) > MOST_BYTES:
        raise _refused(f"it unpacks to more than {MOST_BYTES:,} bytes")
    if not unpacker.eof:
        raise _refused("it is cut off")
    if unpacker.unused_data:
        raise _refused("something follows the end of its gzip")
    if lines and not lines.endswith(b"\n"):
        raise _refused("it ends within a line")
    return lines


def _refused(why: str) -> DataError:
    return DataError(
        f"the chunk cannot be taken: {why}",
        hint="Update the Explorer; if it is of the server's version, this is a defect of Muster.",
        code="malformed-chunk",
    )
