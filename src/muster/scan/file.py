"""The file of a scan: written line by line, and read again to go on where it broke off."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from muster.core import ndjson
from muster.core.errors import ConfigError, DataError
from muster.core.scanfile import ScanEnd, ScanHeader, ScanProgress, ScanStatus
from muster.scan.identity import KnownHosts, known_hosts

_BUFFER = 1 << 20
"""Every call to the system lets the engine's thread go first."""
_FLUSHED = (ScanHeader, ScanProgress, ScanEnd)


class ScanFile:
    """Where a scan writes. Each second all of it is on its way to the disk."""

    def __init__(self, file: BinaryIO) -> None:
        """Take an open file."""
        self._file = file

    def write(self, line: ndjson.AnyLine) -> None:
        """Write one line."""
        self._file.write(ndjson.encode(line))
        if isinstance(line, _FLUSHED):
            self._file.flush()


@dataclass(frozen=True, slots=True)
class Broken:
    """What a file says of a scan that did not end: how it was asked for and how far it came.

    `known` are the hosts in the file: those that are scanned again keep their ids.
    """

    header: ScanHeader
    position: int
    spent: timedelta
    known: KnownHosts


@contextlib.contextmanager
def new_file(path: Path, *, force: bool) -> Iterator[ScanFile]:
    """Open a new file. Raises ConfigError if it is there already, or cannot be written."""
    try:
        with path.open("wb" if force else "xb", buffering=_BUFFER) as file:
            yield ScanFile(file)
    except FileExistsError as error:
        raise ConfigError(
            f"{path} is there already",
            hint="Name another --out, go on with it by --resume, or overwrite it with --force.",
        ) from error


@contextlib.contextmanager
def continued(path: Path) -> Iterator[ScanFile]:
    """Open a file to go on with it; half a line at its end is cut off."""
    with path.open("r+b", buffering=_BUFFER) as file:
        file.truncate(_end_of_lines(file))
        file.seek(0, 2)
        yield ScanFile(file)


def read_broken(path: Path) -> Broken:
    """Return what is known of a scan that broke off.

    Raises ConfigError if the file cannot be read or its scan is complete, DataError if it is no
    scan.
    """
    header: ScanHeader | None = None
    progress: ScanProgress | None = None
    known = KnownHosts()
    for line in _lines(path):
        if isinstance(line, ScanHeader):
            header = line
        elif isinstance(line, ScanProgress):
            progress = line
        elif isinstance(line, ScanEnd) and line.status is ScanStatus.COMPLETE:
            raise ConfigError(f"the scan in {path} is complete", hint="Begin a new one.")
        elif (found := known_hosts([line])).by_address:
            known.by_address.update(found.by_address)
            known.by_mac.update(found.by_mac)
    if header is None:
        raise DataError(f"{path} does not begin like a scan", hint="Begin a new scan.")
    return Broken(
        header,
        progress.position if progress else 0,
        timedelta(seconds=progress.seconds if progress else 0),
        known,
    )


def read_known(path: Path) -> KnownHosts:
    """Return the hosts of an earlier scan, which keep their ids in the next."""
    return known_hosts(_lines(path))


def _lines(path: Path) -> Iterator[ndjson.AnyLine]:
    """Yield whole lines; half a line at the end is where a scan was killed."""
    try:
        with path.open("rb") as file:
            end = _end_of_lines(file)
            number = 0
            while file.tell() < end:
                number += 1
                if (line := file.readline()).strip():
                    yield ndjson.decode_line(line, number=number)
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}") from error


def _end_of_lines(file: BinaryIO) -> int:
    """Return where the last whole line ends; the file is left at its beginning."""
    size = file.seek(0, 2)
    end = size
    while end > 0:
        start = max(0, end - 65_536)
        file.seek(start)
        at = file.read(end - start).rfind(b"\n")
        if at >= 0:
            end = start + at + 1
            break
        end = start
    file.seek(0)
    return end
