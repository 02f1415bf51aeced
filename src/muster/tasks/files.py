"""Files of records: plain or gzip, named or from stdin, readable twice."""

import contextlib
import gzip
import shutil
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from muster.core import ndjson
from muster.core.errors import ConfigError, DataError
from muster.core.records import AnyRecord

_GZIP = b"\x1f\x8b"
_SPOOLED_IN_MEMORY = 8 * 1024 * 1024


class RecordFile:
    """Records in an open, seekable file, which can be read from the start again and again."""

    def __init__(self, file: BinaryIO, *, name: str) -> None:
        """Take the file; `name` is for messages."""
        self._file = file
        self.name = name

    def records(self) -> Iterator[AnyRecord]:
        """Yield the records from the start.

        Raises DataError with the line's number at the first that is none, and for a gzip file
        that is cut off.
        """
        self._file.seek(0)
        is_packed = self._file.read(len(_GZIP)) == _GZIP
        self._file.seek(0)
        with _told_damage(self.name):
            if not is_packed:
                yield from ndjson.read(self._file)
                return
            with gzip.open(self._file) as unpacked:
                yield from ndjson.read(cast("BinaryIO", unpacked))


@contextlib.contextmanager
def open_records(path: str, *, stdin: BinaryIO) -> Iterator[RecordFile]:
    """Open a file of records; `-` is stdin, which is kept aside to be read twice.

    Raises ConfigError if the file cannot be opened.
    """
    if path == "-":
        with tempfile.SpooledTemporaryFile(max_size=_SPOOLED_IN_MEMORY) as aside:
            shutil.copyfileobj(stdin, aside)
            yield RecordFile(cast("BinaryIO", aside), name="stdin")
        return
    try:
        file = Path(path).expanduser().open("rb")
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}") from error
    with file:
        yield RecordFile(file, name=path)


@contextlib.contextmanager
def _told_damage(name: str) -> Iterator[None]:
    try:
        yield
    except DataError as error:
        raise DataError(f"{name}: {error.message}", hint=error.hint) from error
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise DataError(
            f"{name} is a damaged gzip file: {error}", hint="Copy or download it again."
        ) from error
