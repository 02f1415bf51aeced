"""The demo's console: a login, and a server that goes on when the command has ended."""

import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from muster.accounts.roles import Role
from muster.accounts.services import NewAccount, create, is_first_run
from muster.core import private_files
from muster.core.errors import UnavailableError

EMAIL = "demo@muster.example"
_FIRST_PORT, _PORTS = 8000, 50
_PATIENCE_SECONDS = 60.0
_LOOK_AGAIN_SECONDS = 0.2


def login() -> tuple[str, str] | None:
    """Return the demo's e-mail address and password; None where others have accounts already.

    The first call makes the account. Its password lies in the home, for its owner only.
    """
    path = Path(settings.HOME) / "demo.password"
    if path.exists():
        return EMAIL, path.read_text(encoding="ascii").strip()
    if not is_first_run():
        return None
    password = secrets.token_urlsafe(12)
    create(NewAccount(EMAIL, password, name="Demo", role=Role.SUPERUSER), at=datetime.now(UTC))
    private_files.create(path, password + "\n")
    return EMAIL, password


def started() -> str:
    """Return the address of the demo's console, which is started where it does not answer.

    Raises UnavailableError if it does not answer after a minute.
    """
    path = Path(settings.HOME) / "console.url"
    known = path.read_text(encoding="ascii").strip() if path.exists() else ""
    if known and _answers(known):
        return known
    port = _free_port()
    url = f"http://localhost:{port}"
    log = Path(settings.HOME) / "console.log"
    with log.open("ab") as output:
        process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-c", _PROGRAM, "serve", "--port", str(port)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    (Path(settings.HOME) / "console.pid").write_text(str(process.pid), encoding="ascii")
    _wait_for(url, process, log)
    path.write_text(url, encoding="ascii")
    return url


_PROGRAM = "from muster.cli.main import run; run()"


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < until and process.poll() is None:
        if _answers(url):
            return
        time.sleep(_LOOK_AGAIN_SECONDS)
    raise UnavailableError("the console did not start", hint=f"What it said is in {log}.")


def _answers(url: str) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{url}/readyz", timeout=5) as response:
            return bool(response.status == 200)  # noqa: PLR2004 - OK
    except (OSError, urllib.error.URLError):
        return False


def _free_port() -> int:
    """Return the first port from 8000 on that nobody listens on."""
    for port in range(_FIRST_PORT, _FIRST_PORT + _PORTS):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise UnavailableError(f"no port from {_FIRST_PORT} on is free", hint="End what uses them.")
