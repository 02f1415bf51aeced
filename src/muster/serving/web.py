"""The processes that answer browsers and programs, until told to end."""

import multiprocessing
from dataclasses import dataclass
from pathlib import Path

from granian.constants import Interfaces
from granian.errors import ConfigurationError
from granian.log import LogLevels
from granian.server.mp import MPServer

from muster.core.errors import ConfigError

THREADS = 32
"""How many requests one process answers at once; an Explorer that waits for work holds one."""
_WAITING = 1024
_KILL_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Place:
    """Where to listen, and with how many processes. With a certificate, over TLS."""

    host: str
    port: int
    processes: int = 1
    certificate: Path | None = None
    key: Path | None = None

    @property
    def url(self) -> str:
        """The address as a person on this machine types it."""
        scheme = "https" if self.certificate else "http"
        host = {"0.0.0.0": "localhost", "::": "localhost", "127.0.0.1": "localhost"}.get(  # noqa: S104 - listening everywhere is named, not done
            self.host, self.host
        )
        return f"{scheme}://{f'[{host}]' if ':' in host else host}:{self.port}"


def answer(place: Place) -> None:
    """Answer requests in processes of this one until it is told to end (SIGTERM or SIGINT).

    What is being answered then is answered still.
    """
    # Forked, they would share the parent's connections to the database.
    multiprocessing.set_start_method("spawn", force=True)
    try:
        _server(place).serve()
    except ConfigurationError as error:
        raise ConfigError(f"the web server cannot start: {error}") from error


def _server(place: Place) -> MPServer:
    return MPServer(
        "muster.wsgi:application",
        address=place.host,
        port=place.port,
        interface=Interfaces.WSGI,
        workers=place.processes,
        blocking_threads=THREADS,
        backlog=_WAITING,
        backpressure=_WAITING,
        websockets=False,
        log_level=LogLevels.error,
        ssl_cert=place.certificate,
        ssl_key=place.key,
        respawn_failed_workers=True,
        workers_kill_timeout=_KILL_SECONDS,
    )
