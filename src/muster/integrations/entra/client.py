"""Requests to Graph: tokens, tries, throttling, and pages whose links are never trusted blindly."""

import asyncio
from array import array
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import quote

import httpx
import msgspec

from muster.core.errors import ConfigError, MusterError, UnavailableError
from muster.core.http import LONGEST_REQUEST_SECONDS, Outside, is_unreachable, told_error
from muster.core.retry import BROKEN, THROTTLED, UNREACHABLE, Retries, RetryPolicy, told_wait
from muster.core.source import Progress
from muster.integrations.entra.auth import Tokens
from muster.integrations.entra.errors import PassingError, RefusedError, graph_error
from muster.integrations.entra.pace import Pace

Item = dict[str, Any]
Decoded = TypeVar("Decoded")

_MOST_RESTARTS = 3
_MOST_REFUSALS = 2
"""A token may end, and the one that was fetched for it by another request too; then it counts."""

_MOST_STALE_PAGES = 1000
_LONGEST_ID = 300
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_EXPIRED = "directory_expiredpagetoken"


class Page(msgspec.Struct):
    """One page of a collection; `delta_link` ends a delta round and is kept as it came."""

    value: list[Item]
    next_link: str | None = msgspec.field(default=None, name="@odata.nextLink")
    delta_link: str | None = msgspec.field(default=None, name="@odata.deltaLink")
    told_count: Any = msgspec.field(default=None, name="@odata.count")

    @property
    def count(self) -> int | None:
        """How many objects there are in all, None where that is not told in a number."""
        return self.told_count if isinstance(self.told_count, int) else None


_pages: msgspec.json.Decoder[Page] = msgspec.json.Decoder(Page)


@dataclass(frozen=True, slots=True)
class Request:
    """One request: where, what it costs in resource units, and whether it is an advanced query.

    `page_size` is a wish, for where Graph takes no $top; 0 is none.
    """

    url: str
    cost: int = 1
    is_advanced: bool = False
    content: bytes | None = None
    page_size: int = 0

    def headers(self) -> dict[str, str]:
        """Return what Graph needs besides the token; links carry none of it to the next page."""
        told = {"x-ms-throttle-priority": "Low"}
        if self.is_advanced:
            told["ConsistencyLevel"] = "eventual"
        if self.page_size:
            told["Prefer"] = f"odata.maxpagesize={self.page_size}"
        if self.content is not None:
            told["Content-Type"] = "application/json"
        return told


@dataclass(frozen=True, slots=True)
class GraphClient:
    """Graph, as one run sees it. `base` is the address every request must stay at.

    `lacking` is what this Graph turned out not to offer, such as `$batch`.
    """

    http: httpx.AsyncClient
    base: str
    tokens: Tokens
    pace: Pace
    outside: Outside
    progress: Progress
    lacking: set[str] = field(default_factory=set)

    def address(self, path: str) -> str:
        """Return the whole address of a path such as `/devices`."""
        return f"{self.base}/v1.0{path}"

    async def pages(
        self, request: Request, *, first: Page | None = None, start: str = ""
    ) -> AsyncIterator[Page]:
        """Yield the pages of a listing in Graph's order, until Graph names no next one.

        No object comes twice: if Graph forgets its page token, the listing starts again (some
        times at most) and what was yielded before is left out. `first` is a page that is already
        there, `start` the link of a page to go on from: what came before that is not known here,
        so a token that expires is the caller's to handle. Raises UnavailableError if any page
        fails, so that part of a directory is never taken for the whole of it.

        Source: https://learn.microsoft.com/graph/paging (read 2026-11).
        """
        yielded = _Yielded()
        for restart in range(_MOST_RESTARTS + 1):
            try:
                async for page in self._listing(request, first, start):
                    page.value = yielded.fresh(self._identified(page.value))
                    yielded.check_end()
                    yield page
            except RefusedError as error:
                if start or not is_expired(error):
                    raise
                if restart == _MOST_RESTARTS:
                    raise UnavailableError(
                        f"Graph's page token expired {restart + 1} times: {error.message}",
                        hint=error.hint,
                        code=error.code,
                    ) from error
                self.progress.log("warning", "listing starts again", reason=error.code)
                self.progress.count("restarts")
                yielded.again()
                first = None
            else:
                return

    def _identified(self, items: list[Item]) -> list[Item]:
        """Return the objects that have an id; the others cannot be told apart, and are counted."""
        found = [each for each in items if _is_id(each.get("id"))]
        if missing := len(items) - len(found):
            self.progress.count("unreadable", missing)
            self.progress.log("warning", "Graph returned objects without an id", objects=missing)
        return found

    async def page(self, request: Request) -> Page:
        """Return one page."""
        return await self.exchange(request, _page)

    async def count(self, path: str, *, matching: str = "") -> int | None:
        """Return how many objects of a collection match a filter, None where Graph does not say.

        One try: the number is for a progress bar or a preview, never for a decision about data.
        """
        condition = f"&$filter={quote(matching, safe='')}" if matching else ""
        url = self.address(f"{path}?$count=true&$top=1&$select=id{condition}")
        try:
            response, _token = await self._once(Request(url, is_advanced=True))
            return _page(response).count if response.is_success else None
        except (httpx.HTTPError, TimeoutError, UnavailableError):
            return None

    async def exchange(
        self, request: Request, decode: Callable[[httpx.Response], Decoded]
    ) -> Decoded:
        """Return the decoded reply to a request, after as many tries as the policy grants.

        Raises RefusedError for a 4xx, AuthError for a token that stays refused after renewals,
        UnavailableError when the tries are used up, ConfigError for what a person must mend.
        """
        self._check_origin(request.url)
        retries = Retries(draw=self.outside.draw)
        refusals = 0
        while True:
            try:
                response, token = await self._once(request)
                if response.status_code == HTTPStatus.UNAUTHORIZED and refusals < _MOST_REFUSALS:
                    refusals += 1
                    await self.tokens.renewed(token)
                    continue
                return decode(self._good(response, cost=request.cost))
            except (httpx.HTTPError, TimeoutError) as error:
                policy = UNREACHABLE if is_unreachable(error) else BROKEN
                failure = told_error(error, httpx.URL(request.url).netloc.decode())
            except UnavailableError as error:
                policy, failure = policy_of(error), error
            await self.wait_or_raise(retries, policy, failure)
            refusals = 0

    async def wait_or_raise(
        self, retries: Retries, policy: RetryPolicy, failure: MusterError
    ) -> None:
        """Wait for the next try; raise the failure if there is to be none."""
        told = failure.retry_after if isinstance(failure, UnavailableError) else None
        wait = retries.next_wait(policy, told)
        if wait is None or not isinstance(failure, UnavailableError):
            raise failure
        seconds = wait.total_seconds()
        self.progress.count("retries")
        self.progress.log("debug", "trying again", reason=failure.message, seconds=seconds)
        if policy is THROTTLED:
            self.pace.throttled(wait)
        await self.outside.sleep(seconds)

    async def _once(self, request: Request) -> tuple[httpx.Response, str]:
        """Return the reply and the token it was asked with, which is taken after all waiting."""
        method = "GET" if request.content is None else "POST"
        async with self.pace.turn(request.cost):
            token = await self.tokens.current()
            headers = {**request.headers(), "Authorization": f"Bearer {token}"}
            self.progress.count("requests")
            async with asyncio.timeout(LONGEST_REQUEST_SECONDS):
                response = await self.http.request(
                    method, request.url, headers=headers, content=request.content
                )
        return response, token

    def _good(self, response: httpx.Response, *, cost: int) -> httpx.Response:
        if not response.is_success:
            raise graph_error(
                response.status_code,
                response.content,
                request_id=response.headers.get("request-id", ""),
                retry_after=told_wait(response.headers.get("Retry-After"), self.outside.now()),
            )
        self.pace.saw(response.headers, expected=cost)
        return response

    async def _listing(
        self, request: Request, first: Page | None, start: str
    ) -> AsyncIterator[Page]:
        page = first or await self.page(replace(request, url=start or request.url))
        followed: set[int] = set()
        while True:
            yield page
            if not page.next_link:
                return
            self._check_origin(page.next_link)
            if hash(page.next_link) in followed:
                raise UnavailableError(
                    "Graph's pages lead in a circle", hint="Try later; report it if it lasts."
                )
            followed.add(hash(page.next_link))
            page = await self.page(replace(request, url=page.next_link))

    def _check_origin(self, url: str) -> None:
        """Refuse to send a token to another place than the configured Graph."""
        try:
            there, here = httpx.URL(url), httpx.URL(self.base)
        except httpx.InvalidURL as error:
            raise ConfigError(f"Graph sent a link that is no address: {error}") from error
        if _origin(there) != _origin(here) or there.userinfo:
            raise ConfigError(
                f"Graph's next page leads to another host, {there.host or url[:80]!r}, "
                f"instead of {here.host}; it was not followed",
                hint="Something between here and Graph changes its replies, or the base address "
                "in the server's settings is not the one Graph knows itself by.",
                code="ForeignNextLink",
            )


def policy_of(error: UnavailableError) -> RetryPolicy:
    """Return how patient to be with a failure."""
    return error.policy if isinstance(error, PassingError) else BROKEN


def is_expired(error: RefusedError) -> bool:
    """True if Graph has forgotten where a listing was."""
    return error.code.casefold() == _EXPIRED


class _Yielded:
    """Which objects of a listing were yielded.

    All of them in 8 bytes each, looked up only after a restart; the last page's always, because
    an object that comes or goes while a listing runs can move another over the seam of two pages.
    """

    def __init__(self) -> None:
        self._marks = array("q")
        self._before: frozenset[int] = frozenset()
        self._last_page: frozenset[int] = frozenset()
        self._pages = 0
        self._stale_pages = 0
        self._most_stale_pages = _MOST_STALE_PAGES

    def check_end(self) -> None:
        """Raise UnavailableError if so many pages brought nothing new that there is no end."""
        if self._stale_pages > self._most_stale_pages:
            raise UnavailableError(
                f"Graph's last {self._stale_pages} pages held nothing new and name a next one",
                hint="Try later; report it if it lasts.",
            )

    def fresh(self, items: list[Item]) -> list[Item]:
        marked = {hash(each["id"]): each for each in items}
        marks = frozenset(marked)
        fresh = [
            each
            for mark, each in marked.items()
            if mark not in self._last_page and mark not in self._before
        ]
        self._last_page = marks
        self._marks.extend(hash(each["id"]) for each in fresh)
        self._pages += 1
        self._stale_pages = 0 if fresh else self._stale_pages + 1
        return fresh

    def again(self) -> None:
        self._most_stale_pages = _MOST_STALE_PAGES + self._pages
        self._stale_pages = 0
        self._before = frozenset(self._marks)
        self._last_page = frozenset()


def _is_id(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _LONGEST_ID


def _page(response: httpx.Response) -> Page:
    return decoded(response, _pages)


def decoded(response: httpx.Response, decoder: msgspec.json.Decoder[Decoded]) -> Decoded:
    """Return the decoded body; raise UnavailableError if it is truncated or not Graph's."""
    try:
        return decoder.decode(response.content.removeprefix(_BYTE_ORDER_MARK))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        kind = response.headers.get("Content-Type", "no content type")
        raise UnavailableError(
            f"Graph's reply cannot be read ({len(response.content)} bytes, {kind}): {error}",
            hint="The reply was cut off, or something between here and Graph answered instead.",
            code="UnreadableReply",
        ) from error


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port
