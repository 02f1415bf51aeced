"""Sending a response, whole or with what is made to go wrong on its way."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from muster.simulator.web.faults import FaultKind
from muster.simulator.web.protocol import TRANSPORT
from muster.simulator.web.request import Request
from muster.simulator.web.response import Response

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_FLUSH_SECONDS = 0.02
_PAGE = b"<!DOCTYPE html><html><head><title>Sign in to the network</title></head></html>"


async def deliver(
    response: Response, request: Request, *, scope: MutableMapping[str, Any], send: Send
) -> None:
    """Send the response as it is, unless a fault strikes the connection or the body."""
    if request.fault(FaultKind.DROP):
        scope[TRANSPORT].abort()
        return
    if request.fault(FaultKind.HTML):
        response = Response(200, _PAGE, {"content-type": "text/html"})
    if request.fault(FaultKind.MALFORMED_JSON):
        response.body = response.body[: len(response.body) // 2] + b'"},,{'
    await send(
        {
            "type": "http.response.start",
            "status": response.status,
            "headers": response.raw_headers(),
        }
    )
    if request.fault(FaultKind.TRUNCATED_BODY) or request.fault(FaultKind.DROP_BODY):
        await _cut(response, request, scope=scope, send=send)
        return
    body = b"" if request.method == "HEAD" else response.body
    await send({"type": "http.response.body", "body": body})


async def _cut(
    response: Response, request: Request, *, scope: MutableMapping[str, Any], send: Send
) -> None:
    """Send half of what the headers promise, then end the connection in order or by a reset."""
    half = response.body[: max(1, len(response.body) // 2)]
    await send({"type": "http.response.body", "body": half, "more_body": True})
    transport = scope[TRANSPORT]
    if request.fault(FaultKind.DROP_BODY):
        # A reset throws away what is still unsent, so give it a moment to leave.
        await asyncio.sleep(_FLUSH_SECONDS)
        transport.abort()
    else:
        transport.close()
