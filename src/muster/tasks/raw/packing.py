"""The form of raw data: gzip files of NDJSON, which put one after the other are one such file."""

import zlib
from collections.abc import Iterable

from muster.core import ndjson
from muster.core.records import AnyRecord

# Level 1 packs 240 MB/s to a fifth or sixth; level 6 packs 100 MB/s to a seventh.
_LEVEL = 1
_GZIP = 16 + zlib.MAX_WBITS


def pack(records: Iterable[AnyRecord]) -> bytes:
    """Return records as a gzip file of lines."""
    packing = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)
    return packing.compress(b"".join(map(ndjson.encode, records))) + packing.flush()


def lines(body: bytes) -> bytes:
    """Return the lines of such a file."""
    return zlib.decompress(body, _GZIP)


def unpack(body: bytes) -> list[AnyRecord]:
    """Return the records of such a file, in order."""
    return [ndjson.decode(each) for each in lines(body).splitlines()]
