"""Running the simulator: one process, one port."""

import asyncio
import gc
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from muster.simulator.app import Simulator
from muster.simulator.certificates import TLSFiles, ensure_certificates
from muster.simulator.config import ServerConfig
from muster.simulator.web.protocol import CuttableProtocol

_BACKLOG = 512
_KEEP_ALIVE_SECONDS = 120
# Objects are made by the thousand and hold no cycles: looking for some costs a tenth of the time.
_COLLECTION_THRESHOLDS = 20_000, 20, 50


@dataclass(frozen=True, slots=True)
class Address:
    """Where a running server is reached; `ca_file` is empty without TLS."""

    url: str
    ca_file: str = ""


def serve(config: ServerConfig, *, on_ready: Callable[[Address], None] | None = None) -> None:
    """Serve until the process is told to stop. `on_ready` hears the address once it answers.

    The process is ours alone, so its garbage collector is set for the work.
    """
    gc.set_threshold(*_COLLECTION_THRESHOLDS)
    with _listen(config) as listener:
        server, address = build(config, listener)
        if on_ready is not None:
            server.when_ready = lambda: on_ready(address)
        server.run(sockets=[listener])


class Server(uvicorn.Server):
    """uvicorn's server, which says when it is listening."""

    when_ready: Callable[[], None] = staticmethod(lambda: None)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start as uvicorn does, then say so."""
        await super().startup(sockets)
        self.when_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop at once: a client that keeps its connection would otherwise keep us."""
        for connection in list(self.server_state.connections):
            transport = getattr(connection, "transport", None)
            if transport is not None:
                transport.abort()
        await asyncio.sleep(0)
        await super().shutdown(sockets)


def build(config: ServerConfig, listener: socket.socket) -> tuple[Server, Address]:
    """A server for an open socket, and where it will be."""
    files = _tls(config)
    options = uvicorn.Config(
        Simulator(config),
        http=CuttableProtocol,
        loop="uvloop",
        ws="none",
        lifespan="off",
        log_level="warning",
        access_log=False,
        server_header=False,
        date_header=False,
        proxy_headers=False,
        backlog=_BACKLOG,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=1,
        ssl_certfile=files.certificate if files else None,
        ssl_keyfile=files.key if files else None,
    )
    scheme, ca_file = ("https", str(files.authority)) if files else ("http", "")
    port = listener.getsockname()[1]
    return Server(options), Address(f"{scheme}://{_shown(config.host)}:{port}", ca_file)


def _listen(config: ServerConfig) -> socket.socket:
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    return socket.create_server((config.host, config.port), family=family, backlog=_BACKLOG)


def _tls(config: ServerConfig) -> TLSFiles | None:
    if not config.tls_folder:
        return None
    return ensure_certificates(Path(config.tls_folder), config.tls_names)


def _shown(host: str) -> str:
    """The host as a client on this machine writes it."""
    if host in {"0.0.0.0", "::"}:  # noqa: S104 - compared, not bound
        return "localhost"
    return f"[{host}]" if ":" in host else host
