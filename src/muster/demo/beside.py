"""Loading the demo beside a process that has other things to do."""

import subprocess
import sys
import threading
from enum import StrEnum
from pathlib import Path

from django.conf import settings

from muster.demo.state import finished_at
from muster.organizations.scope import Scope


class Standing(StrEnum):
    """How far the demo is."""

    ABSENT = "absent"
    LOADING = "loading"
    LOADED = "loaded"
    FAILED = "failed"


def start(scope: Scope) -> None:
    """Load the demo in a process of its own; where it is loaded or being loaded, do nothing."""
    if standing(scope) in {Standing.LOADED, Standing.LOADING}:
        return
    with _log_path(scope).open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 - our own module, and an id of ours
            [sys.executable, "-m", "muster.demo", str(scope.organization.uid)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    _pid_path(scope).write_text(str(process.pid), encoding="ascii")
    # A child that ended and that nobody waits for would look as if it still ran.
    threading.Thread(target=_reap, args=(process, _pid_path(scope)), daemon=True).start()


def standing(scope: Scope) -> Standing:
    """Return how far the demo is in an organization."""
    if finished_at(scope) is not None:
        return Standing.LOADED
    if _is_running(_pid_path(scope)):
        return Standing.LOADING
    return Standing.FAILED if _log_path(scope).exists() else Standing.ABSENT


def said(scope: Scope) -> list[str]:
    """Return what the loading has said so far, line by line."""
    path = _log_path(scope)
    if not path.exists():
        return []
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    return [each for each in lines if each]


def _reap(process: subprocess.Popen[bytes], path: Path) -> None:
    process.wait()
    path.unlink(missing_ok=True)


def _is_running(path: Path) -> bool:
    try:
        pid = int(path.read_text(encoding="ascii"))
        command = Path(f"/proc/{pid}/cmdline")
        return not Path("/proc/self").exists() or b"muster.demo" in command.read_bytes()
    except (OSError, ValueError):
        return False


def _log_path(scope: Scope) -> Path:
    return Path(settings.HOME) / f"demo-{scope.organization.uid}.log"


def _pid_path(scope: Scope) -> Path:
    return Path(settings.HOME) / f"demo-{scope.organization.uid}.pid"
