"""A report of a bug, for whoever mends it: in a file, without secrets."""

import os
import platform
import sys
import tempfile
import traceback
from datetime import UTC, datetime
from pathlib import Path

from muster import __version__
from muster.core.redact import redact


def report(error: BaseException) -> str:
    """Write what is known of a bug into a file, and return what to tell the person."""
    text = redact("\n".join((_head(), "".join(traceback.format_exception(error)))))
    path = _written(text)
    return (
        f"Error: Muster met a bug ({type(error).__name__}). The inventory is as it was after the "
        f"last whole page.\n  Please send this report, which holds no secrets: {path}\n"
    )


def _head() -> str:
    command = " ".join(each for each in sys.argv[1:3] if not each.startswith("-"))
    return (
        f"muster {__version__}, Python {platform.python_version()}, {platform.platform()}\n"
        f"{datetime.now(UTC).isoformat()}\ncommand: {command}\n"
    )


def _written(text: str) -> Path:
    name = f"crash-{datetime.now(UTC):%Y%m%dT%H%M%S}-{os.getpid()}.txt"
    try:
        folder = _home() / "crashes"
        for each in (folder.parent, folder):  # `parents=True` would make the home open to others
            each.mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError:
        folder = Path(tempfile.gettempdir())
        (folder / name).write_text(text, encoding="utf-8", errors="backslashreplace")
    return folder / name


def _home() -> Path:
    """Return the home; where the settings themselves cannot be read, the system's own folder."""
    try:
        from muster import settings
    except Exception:  # noqa: BLE001 - a report of one failure must not end in another
        return Path(tempfile.gettempdir())
    return settings.HOME
