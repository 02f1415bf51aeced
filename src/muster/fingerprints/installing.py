"""Installing fingerprints that a person brings: a file, a folder, an archive, or an https address.

What comes is a stranger's. Sizes are bounded before anything is kept, names in an archive are
reduced to their last part and never lead out of the folder, links in it are left out, and only
what reads as a database is installed: all of it, or nothing.
"""

import io
import os
import re
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import httpx

from muster.core.errors import ConfigError, DataError, UnavailableError
from muster.fingerprints import oui
from muster.fingerprints.reading import LARGEST_FILE, content, read

LARGEST_ARCHIVE = 64 * 1024 * 1024
LARGEST_UNPACKED = 256 * 1024 * 1024
MOST_FILES = 2000
TIMEOUT_SECONDS = 60.0
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}\.(?:xml|csv)")
_SCHEMA = b"<xsd:schema"

Fetch = Callable[[str], bytes]


@dataclass(frozen=True, slots=True)
class Installed:
    """One file that was installed, and how many fingerprints (or makers) it holds."""

    name: str
    subject: str
    entries: int


@dataclass(frozen=True, slots=True)
class _Offered:
    name: str
    data: bytes


def fetched(address: str) -> bytes:
    """Return what lies at an https address, at most `LARGEST_ARCHIVE` bytes of it.

    Raises UnavailableError if it cannot be had, ConfigError if it leads to anything but https.
    """
    parts = bytearray()
    try:
        with (
            httpx.Client(
                follow_redirects=True,
                max_redirects=5,
                timeout=TIMEOUT_SECONDS,
                event_hooks={"request": [_require_tls]},
            ) as http,
            http.stream("GET", address) as answer,
        ):
            answer.raise_for_status()
            for chunk in answer.iter_bytes():
                parts += chunk
                if len(parts) > LARGEST_ARCHIVE:
                    raise _too_large(address)
    except httpx.HTTPStatusError as error:
        raise UnavailableError(f"{address} answers {error.response.status_code}") from error
    except httpx.HTTPError as error:
        raise UnavailableError(f"{address} cannot be fetched: {error}") from error
    except httpx.InvalidURL as error:
        raise ConfigError(f"{address} is no address: {error}") from error
    return bytes(parts)


def _require_tls(request: httpx.Request) -> None:
    """Hold each step of a redirect to https. Raises ConfigError if it leaves it."""
    if request.url.scheme != "https":
        raise ConfigError(f"{request.url} is not fetched", hint="Use an address with https://.")


def install(source: str, folder: Path, *, fetch: Fetch = fetched) -> list[Installed]:
    """Install databases from a file, a folder, an archive or an https address into a folder.

    Returns what was installed. Raises ConfigError, DataError or UnavailableError naming what is
    wrong; then nothing is.
    """
    offered = [each for each in _offered(source, fetch) if not _is_schema(each)]
    if not offered:
        raise DataError(
            f"{source} holds no fingerprints", hint="They are .xml files in recog's format."
        )
    found = [_checked(each) for each in offered]
    names = [each.name for each in found]
    twice = sorted({each for each in names if names.count(each) > 1})
    if twice:
        raise DataError(f"{source} holds several files named {twice[0]}")
    _keep(offered, folder)
    return sorted(found, key=lambda each: each.name)


def _offered(source: str, fetch: Fetch) -> Iterator[_Offered]:
    if re.match(r"[a-z]+://", source, re.IGNORECASE):
        if not source.lower().startswith("https://"):
            raise ConfigError(f"{source} is not fetched", hint="Use an address with https://.")
        name = source.split("?", maxsplit=1)[0].rstrip("/").rpartition("/")[2]
        yield from _unpacked(name, fetch(source))
        return
    path = Path(source).expanduser()
    if path.is_dir():
        files = [each for each in sorted(path.rglob("*")) if each.suffix in {".xml", ".csv"}]
        if len(files) > MOST_FILES:
            raise DataError(f"{source} holds more than {MOST_FILES} files")
        yield from (_Offered(each.name, content(each)) for each in files if each.is_file())
        return
    yield from _unpacked(path.name, _whole(path))


def _whole(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_ARCHIVE + 1)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise ConfigError(f"{path} cannot be read: {why}") from error
    if len(data) > LARGEST_ARCHIVE:
        raise _too_large(str(path))
    return data


def _too_large(what: str) -> DataError:
    return DataError(f"{what} is larger than {LARGEST_ARCHIVE // 1024 // 1024} MB")


def _unpacked(name: str, data: bytes) -> Iterator[_Offered]:
    if data.startswith(b"PK\x03\x04"):
        yield from _bounded(name, _zipped(name, data))
    elif data.startswith(b"\x1f\x8b") or data[257:262] == b"ustar":
        yield from _bounded(name, _tarred(name, data))
    else:
        yield _Offered(name, data)


def _bounded(name: str, members: Iterator[_Offered]) -> Iterator[_Offered]:
    size = 0
    for number, each in enumerate(members):
        size += len(each.data)
        if number >= MOST_FILES or size > LARGEST_UNPACKED:
            raise DataError(f"{name} holds too many or too large files")
        yield each


def _zipped(name: str, data: bytes) -> Iterator[_Offered]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for member in archive.infolist()[: MOST_FILES * 10]:
                if _is_wanted(member.filename) and not member.is_dir():
                    with archive.open(member) as file:
                        yield _Offered(_last(member.filename), file.read(LARGEST_FILE + 1))
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError) as error:
        raise DataError(f"{name} is a damaged zip file: {error}") from error


def _tarred(name: str, data: bytes) -> Iterator[_Offered]:
    try:
        with tarfile.open(fileobj=io.BytesIO(_inflated(name, data)), mode="r:") as archive:
            for member in archive:
                # A link could point anywhere, so only plain files count.
                file = archive.extractfile(member) if member.isreg() else None
                if file is not None and _is_wanted(member.name):
                    yield _Offered(_last(member.name), file.read(LARGEST_FILE + 1))
    except (tarfile.TarError, EOFError, zlib.error, OSError, ValueError) as error:
        raise DataError(f"{name} is a damaged archive: {error}") from error


def _inflated(name: str, data: bytes) -> bytes:
    """Return the archive without its compression. Raises DataError where it would not end."""
    if not data.startswith(b"\x1f\x8b"):
        return data
    unpacked = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(data, LARGEST_UNPACKED + 1)
    if len(unpacked) > LARGEST_UNPACKED:
        raise DataError(f"{name} unpacks to more than {LARGEST_UNPACKED // 1024 // 1024} MB")
    return unpacked


def _is_wanted(name: str) -> bool:
    return PurePosixPath(name).suffix in {".xml", ".csv"} and not _last(name).startswith(".")


def _last(name: str) -> str:
    return PurePosixPath(name.replace("\\", "/")).name


def _is_schema(offered: _Offered) -> bool:
    return offered.data.lstrip()[:200].find(_SCHEMA) >= 0


def _checked(offered: _Offered) -> Installed:
    """Return what a file is. Raises DataError if it is neither a database nor IEEE's list."""
    if not _NAME.fullmatch(offered.name):
        raise DataError(
            f"{offered.name[:100]!r} is no name for a file of fingerprints",
            hint="Use letters, digits, - and _, and the ending .xml (or oui.csv).",
        )
    if len(offered.data) > LARGEST_FILE:
        raise DataError(f"{offered.name} is larger than {LARGEST_FILE // 1024 // 1024} MB")
    if offered.name.endswith(".csv"):
        if offered.name != oui.FILE:
            raise DataError(f"{offered.name} is not {oui.FILE}, the list of makers by IEEE")
        return Installed(offered.name, "mac", len(oui.read(offered.data, name=offered.name)))
    database = read(offered.data, name=offered.name)
    return Installed(offered.name, database.subject, len(database.fingerprints))


def _keep(offered: list[_Offered], folder: Path) -> None:
    """Write the files, each at once: a scan that reads meanwhile sees the old or the new one."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".incoming-") as incoming:
            for each in offered:
                (Path(incoming) / each.name).write_bytes(each.data)
            for each in offered:
                os.replace(Path(incoming) / each.name, folder / each.name)  # noqa: PTH105 - atomic
    except OSError as error:
        raise ConfigError(f"{folder} cannot be written: {error.strerror}") from error
