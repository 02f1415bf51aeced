"""Page tokens: opaque, bound to their query, and mortal."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from muster.simulator.graph.errors import GraphError, bad_request
from muster.simulator.sealed import Sealer
from muster.simulator.web.request import Request

_TOKEN_NAMES = ("$skiptoken", "%24skiptoken")


@dataclass(frozen=True, slots=True)
class Page:
    """A place in a listing. `version` is the directory's when the listing began."""

    number: int = 1
    cursor: int = 0
    version: int = 0


class PageTokens:
    """Makes and reads `$skiptoken`s."""

    def __init__(
        self, sealer: Sealer, *, clock: Callable[[], datetime], lifetime: timedelta
    ) -> None:
        """Let tokens live that long."""
        self._sealer = sealer
        self._clock = clock
        self._lifetime = lifetime

    def link(self, request: Request, *, query: str, tenant: str, page: Page) -> str:
        """The address of a page of this request's listing."""
        state = {
            "q": _digest(tenant, request.path, query),
            "n": page.number,
            "c": page.cursor,
            "v": page.version,
            "t": int(self._clock().timestamp()),
        }
        token = f"$skiptoken={self._sealer.seal(state)}"
        return f"{request.base}{request.path}?{f'{query}&' if query else ''}{token}"

    def page(self, request: Request, *, query: str, tenant: str, token: str) -> Page:
        """The place that a token means. Raises GraphError for one that is not of this listing."""
        state = self._sealer.open(token)
        if state is None or state.get("q") != _digest(tenant, request.path, query):
            raise bad_request("The specified page token is not valid for this request.")
        if state["t"] + self._lifetime.total_seconds() < self._clock().timestamp():
            raise expired_page_token()
        return Page(number=state["n"], cursor=state["c"], version=state["v"])

    def peek(self, request: Request) -> int:
        """The number of the page that a request asks for, 1 where it names none."""
        for part in request.query.split("&"):
            name, _, token = part.partition("=")
            if name.lower() in _TOKEN_NAMES:
                state: dict[str, Any] = self._sealer.open(token) or {}
                return int(state.get("n", 1))
        return 1


def expired_page_token() -> GraphError:
    """The refusal of a page token that has become too old."""
    return GraphError(
        400,
        "Directory_ExpiredPageToken",
        "The specified page token value has expired and can no longer be included in your request.",
    )


def _digest(tenant: str, path: str, query: str) -> str:
    return hashlib.sha256(f"{tenant} {path.lower()}?{query}".encode()).hexdigest()[:16]
