"""Files that only their owner may read, written whole or not at all."""

import contextlib
import os
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path

OPEN_TO_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def create(path: Path, text: str) -> None:
    """Make the file if there is none: of two first starts, one text wins and both use it.

    Raises OSError if it cannot be made.
    """
    with _written_aside(path, text) as aside, contextlib.suppress(FileExistsError):
        os.link(aside, path)


def replace(path: Path, text: str) -> None:
    """Put the text in place of what was there. Raises OSError if it cannot be written."""
    with _written_aside(path, text) as aside:
        aside.replace(path)


def mode_open_to_others(path: Path) -> int | None:
    """Return the file's mode if others than its owner may use it. Raises OSError."""
    mode = path.stat().st_mode
    return stat.S_IMODE(mode) if mode & OPEN_TO_OTHERS else None


@contextlib.contextmanager
def _written_aside(path: Path, text: str) -> Iterator[Path]:
    aside = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        yield aside
    finally:
        aside.unlink(missing_ok=True)
