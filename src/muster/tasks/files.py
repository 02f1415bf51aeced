"""Files of records: NDJSON, nmap's XML or CSV, plain or gzip, named or from stdin, read twice."""

import codecs
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
from muster.imports import nmap, table

_GZIP = b"\x1f\x8b"
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_SPOOLED_IN_MEMORY = 8 * 1024 * 1024


class RecordFile:
    """Records in an open, seekable file, which can be read from the start again and again."""

    def __init__(self, file: BinaryIO, *, name: str) -> None:
        """Take the file; `name` is for messages."""
        self._file = file
        self.name = name.encode("utf-8", "backslashreplace").decode()

    def records(self) -> Iterator[AnyRecord]:
        """Yield the records from the start: of NDJSON, nmap's XML or a list in CSV.

        Raises DataError with the line's number at the first that is none, and for a gzip file
        that is cut off; ConfigError where the disk or the pipe gives nothing more.
        """
        with _told_damage(self.name):
            self._file.seek(0)
            start = self._file.read(2)
            self._file.seek(0)
            if start in _UTF_16:
                raise _not_utf_8(self.name)
            if start != _GZIP:
                yield from _read(self._file)
                return
            with gzip.open(self._file) as unpacked:
                yield from _read(cast("BinaryIO", unpacked))


def _read(file: BinaryIO) -> Iterator[AnyRecord]:
    """Read a file by what it begins with: strangers name their files as they like."""
    head = file.read(table.LONGEST_HEAD)
    file.seek(0)
    if head.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"<"):
        return nmap.records(file)
    return table.records(file) if table.is_table(head) else ndjson.read(file)


@contextlib.contextmanager
def open_records(path: str, *, stdin: BinaryIO) -> Iterator[RecordFile]:
    """Open a file of records; `-` is stdin. What is no file but a pipe is kept aside.

    Raises ConfigError if the file cannot be opened.
    """
    if path == "-":
        with _kept_aside(stdin) as aside:
            yield RecordFile(aside, name="stdin")
        return
    with _opened(path) as file:
        if file.seekable():
            yield RecordFile(file, name=path)
            return
        with _kept_aside(file) as aside:
            yield RecordFile(aside, name=path)


def _opened(path: str) -> BinaryIO:
    if not path:
        raise ConfigError("the file's name is empty", hint="Name a file, or - for stdin.")
    try:
        return Path(path).expanduser().open("rb")
    except (OSError, ValueError, RuntimeError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise ConfigError(f"{path} cannot be read: {why}") from error


@contextlib.contextmanager
def _kept_aside(stream: BinaryIO) -> Iterator[BinaryIO]:
    """Keep what comes only once, so that it can be read twice."""
    with tempfile.SpooledTemporaryFile(max_size=_SPOOLED_IN_MEMORY) as aside:
        shutil.copyfileobj(stream, aside)
        yield cast("BinaryIO", aside)


def _not_utf_8(name: str) -> DataError:
    return DataError(
        f"{name} is UTF-16 and must be UTF-8",
        hint="Convert it, such as with: iconv -f utf-16 -t utf-8; or in PowerShell write it with "
        "Out-File -Encoding utf8.",
    )


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
    except OSError as error:
        raise ConfigError(f"{name} cannot be read: {error.strerror or error}") from error
