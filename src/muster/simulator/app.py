"""The ASGI application: a request in, the right site's answer out, or the fault instead."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import UTC, datetime
from typing import Any

from muster.simulator.clouds import GRAPH_HOSTS, LOGIN_HOSTS
from muster.simulator.config import ServerConfig
from muster.simulator.control import ControlSite
from muster.simulator.graph.access import Gate
from muster.simulator.graph.delta.tokens import DeltaTokens
from muster.simulator.graph.lists.paging import PageTokens
from muster.simulator.graph.site import GraphSite
from muster.simulator.graph.throttling import Throttle
from muster.simulator.login.keys import IssuedTokens, SigningKey
from muster.simulator.login.router import LoginSite
from muster.simulator.sealed import Sealer
from muster.simulator.tenants import Tenants
from muster.simulator.web.delivery import deliver
from muster.simulator.web.faults import Fault, FaultKind, Faults
from muster.simulator.web.log import RequestLog
from muster.simulator.web.request import Request
from muster.simulator.web.response import Response

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_GRAPH_VERSIONS = frozenset({"v1.0", "beta"})


class Simulator:
    """Entra ID and Graph in one application."""

    def __init__(
        self, config: ServerConfig, *, clock: Callable[[], datetime] | None = None
    ) -> None:
        """Build the tenants; the clock is the time of day unless one is given."""
        now = clock or (lambda: datetime.now(UTC))
        tenants = Tenants(config.tenants, now=now())
        key, issued = SigningKey(), IssuedTokens(config.token_lifetime)
        sealer = Sealer(" ".join(f"{t.id} {t.config.seed}" for t in tenants.all))
        self.log = RequestLog()
        self.faults = Faults(Fault.from_json(row) for row in config.faults)
        throttle = Throttle(clock=now, is_on=config.is_throttling, limit=config.throttle_limit)
        self._login = LoginSite(
            tenants,
            key=key,
            issued=issued,
            sealer=sealer,
            clock=now,
            loop_limit=config.token_loop_limit,
        )
        self._graph = GraphSite(
            gate=Gate(tenants, key=key, issued=issued, clock=now),
            faults=self.faults,
            throttle=throttle,
            pages=PageTokens(sealer, clock=now, lifetime=config.page_token_lifetime),
            deltas=DeltaTokens(
                sealer,
                clock=now,
                lifetime=config.delta_token_lifetime,
                page_lifetime=config.page_token_lifetime,
            ),
            clock=now,
            megabytes=config.cache_megabytes,
            log=self.log,
        )
        self._control = ControlSite(
            tenants, faults=self.faults, log=self.log, issued=issued, throttle=throttle
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or live through the server's start and end."""
        if scope["type"] == "lifespan":
            await _live(receive, send)
            return
        request = await _read(scope, receive)
        if request.path.startswith("/_simulator"):
            await deliver(self._control.answer(request), request, scope=scope, send=send)
            return
        request = self._chosen(request)
        entry = self.log.note(request)
        if slow := request.fault(FaultKind.SLOW):
            await _dawdle(slow.seconds, receive)
        response = self._respond(request)
        entry.status = response.status
        await deliver(response, request, scope=scope, send=send)

    def _chosen(self, request: Request) -> Request:
        """The request with the faults that strike it."""
        if not self.faults:
            return request
        page = self._graph.page_number(request)
        url = f"{request.path}?{request.query}"
        chosen = self.faults.choose(method=request.method, url=url, page=page)
        return request.with_faults(chosen)

    def _respond(self, request: Request) -> Response:
        first = request.path.lstrip("/").partition("/")[0].lower()
        is_graph = first in _GRAPH_VERSIONS
        if request.host in GRAPH_HOSTS or request.host in LOGIN_HOSTS:
            is_graph = request.host in GRAPH_HOSTS
        return self._graph.answer(request) if is_graph else self._login.answer(request)


async def _live(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


async def _dawdle(seconds: float, receive: Receive) -> None:
    """Let so much time pass, or less if the client goes away."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(receive(), seconds)


async def _read(scope: Scope, receive: Receive) -> Request:
    headers: dict[str, str] = {}
    for name, value in scope["headers"]:
        headers[name.decode("latin-1")] = value.decode("latin-1")
    chunks = []
    while True:
        message = await receive()
        chunks.append(message.get("body", b""))
        if not message.get("more_body"):
            break
    return Request(
        method=scope["method"],
        path=scope["raw_path"].decode("latin-1"),
        query=scope["query_string"].decode("latin-1"),
        headers=headers,
        body=b"".join(chunks),
        base=f"{scope['scheme']}://{headers.get('host', 'localhost')}",
    )
