"""Reading what a custom integration pushed: unpacked, but never without end."""

import contextlib
import gzip
import io
import zlib
from collections.abc import Iterator
from typing import BinaryIO, cast

from muster.core.errors import DataError
from muster.core.records import AnyRecord
from muster.imports.custom_assets import Pushed, pushed
from muster.tasks.checking import check

_GZIP = b"\x1f\x8b"
MOST_UNPACKED = 4 * 1024**3
"""What grows larger than this when unpacked is no inventory."""


def pushed_assets(file: BinaryIO, *, source: str) -> Iterator[Pushed]:
    """Yield the assets of an upload, plain or gzip, from its start.

    Raises DataError for the first that cannot be read or stored.
    """
    file.seek(0)
    is_packed = file.read(2) == _GZIP
    file.seek(0)
    with _told_damage():
        stream = cast("BinaryIO", gzip.GzipFile(fileobj=file, mode="rb")) if is_packed else file
        limited = cast("BinaryIO", _Limited(stream))
        for number, each in enumerate(pushed(limited, source=source), start=1):
            records: tuple[AnyRecord, ...] = (each.asset, *each.services)
            for record in records:
                check(record, name="the upload", number=number)
            yield each


class _Limited(io.RawIOBase):
    """A file that refuses to go on for ever."""

    def __init__(self, file: BinaryIO) -> None:
        """Wrap it."""
        super().__init__()
        self._file = file
        self._left = MOST_UNPACKED

    def read(self, size: int = -1) -> bytes:
        """Read as the file does."""
        return self._counted(self._file.read(size))

    def readline(self, size: int | None = -1) -> bytes:
        """Read a line as the file does."""
        return self._counted(self._file.readline(-1 if size is None else size))

    def _counted(self, data: bytes) -> bytes:
        self._left -= len(data)
        if self._left < 0:
            raise DataError(
                f"the upload unpacks to more than {MOST_UNPACKED // 2**30} GB",
                hint="Push it in several parts.",
            )
        return data


@contextlib.contextmanager
def _told_damage() -> Iterator[None]:
    try:
        yield
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise DataError(f"the upload is a damaged gzip file: {error}") from error
