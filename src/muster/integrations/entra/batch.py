"""Many small requests in few: Graph's $batch, of which each part can fail by itself."""

import asyncio
import base64
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from http import HTTPStatus
from itertools import islice
from typing import Any, TypeVar

import httpx
import msgspec

from muster.core.errors import AuthError, ConfigError, MusterError, UnavailableError
from muster.core.retry import Retries, told_wait
from muster.integrations.entra.client import GraphClient, Item, Page, Request, decoded, policy_of
from muster.integrations.entra.errors import RefusedError, graph_error

PARTS_AT_ONCE = 20
"""Source: https://learn.microsoft.com/graph/json-batching (read 2026-11)."""

BATCHES_AT_ONCE = 4
"""Bounds memory: 4 batches of 20 parts of 999 ids are some 20 MB."""

_HOPELESS = 100
_PART_HEADERS = {"x-ms-throttle-priority": "Low"}
_FAILED_DEPENDENCY = 424
_GONE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
_BATCH = "$batch"

Take = Callable[[str, list[Item]], Awaitable[None]]
Pass = Callable[[str, str], Awaitable[None]]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Part:
    """One request of a batch: whose it is, and its path with everything after `/v1.0`.

    Where Graph refuses its parameters it is asked without them, unless `needs_query`.
    """

    key: str
    path: str
    cost: int = 1
    needs_query: bool = False


@dataclass(slots=True)
class Losses:
    """What a fan-out could not read: the first reason, and how many."""

    first: MusterError | None = None
    first_key: str = ""
    lost: int = 0
    read: int = 0

    def add(self, key: str, error: MusterError) -> None:
        """Count one; raise its error if so many failed and none succeeded that it is hopeless."""
        self.lost += 1
        if self.first is None:
            self.first, self.first_key = error, key
        if self.lost >= _HOPELESS and not self.read:
            raise error


@dataclass(frozen=True, slots=True)
class _Reply:
    key: str
    status: int
    headers: httpx.Headers
    body: Any


class _Replies(msgspec.Struct):
    responses: list[dict[str, Any]]


_replies: msgspec.json.Decoder[_Replies] = msgspec.json.Decoder(_Replies)
_documents: msgspec.json.Decoder[Any] = msgspec.json.Decoder(Any)


@dataclass(frozen=True, slots=True)
class FanOut:
    """Reads many small listings and hands each page on as it comes, in no order.

    `passed` is told whose page was handed on, and the link of the next one, "" after the last.
    Objects that are gone meanwhile are skipped; parts that fail are tried again alone, and what
    fails for good is counted in `losses` while the others go on. Where $batch is not offered,
    each is asked for by itself.
    """

    client: GraphClient
    take: Take
    losses: Losses = field(default_factory=Losses)
    passed: Pass | None = None

    async def run(self, parts: Iterable[Part]) -> None:
        """Read all parts; the first failure that concerns them all is raised."""
        remaining = iter(parts)
        while window := list(islice(remaining, PARTS_AT_ONCE * BATCHES_AT_ONCE)):
            await together(self._batch(chunk) for chunk in _chunks(window))

    async def _batch(self, parts: Sequence[Part]) -> None:
        batch = _Batch(
            {str(number): part for number, part in enumerate(parts)},
            Retries(draw=self.client.outside.draw),
        )
        while batch.pending and _BATCH not in self.client.lacking:
            before = len(batch.pending)
            try:
                failure = await self._round(batch)
            except RefusedError as error:
                self._tell_lacking(error)
                continue
            if len(batch.pending) < before:
                batch.retries = Retries(draw=self.client.outside.draw)
            if batch.pending:
                await self._wait(batch, failure)
        await together(self._alone(part) for part in batch.pending.values())

    def _tell_lacking(self, error: RefusedError) -> None:
        if _BATCH not in self.client.lacking:
            self.client.lacking.add(_BATCH)
            self.client.progress.log(
                "warning", "Graph takes no batches; each is asked by itself", reason=error.message
            )

    async def _alone(self, part: Part) -> None:
        """Read one part by itself, without its parameters if Graph does not take those."""
        request = Request(self.client.address(part.path), cost=part.cost)
        try:
            page = _page(await self.client.exchange(request, _document))
        except AuthError:
            raise
        except (ConfigError, UnavailableError) as error:
            page = error
        await self._settle(part, page)

    async def _round(self, batch: "_Batch") -> UnavailableError | None:
        """Send what is pending, hand on what was answered; return the worst passing failure."""
        replies = await self.client.exchange(_request(self.client, batch.pending), _decode)
        failure: UnavailableError | None = None
        settled: list[tuple[Part, Page | MusterError]] = []
        for reply in replies:
            outcome = self._outcome(reply)
            if isinstance(outcome, AuthError):
                failure = await self._renewed(batch, outcome)
            elif isinstance(outcome, UnavailableError):
                failure = _worse(failure, outcome)
            elif (part := batch.pending.pop(reply.key, None)) is not None:
                settled.append((part, outcome))
        await together(self._settle(part, outcome) for part, outcome in settled)
        return failure

    async def _settle(self, part: Part, outcome: Page | MusterError) -> None:
        """Hand on what a part told, or find out what its failure means."""
        if isinstance(outcome, Page):
            await self._follow(part, outcome)
        elif not isinstance(outcome, RefusedError):
            self.losses.add(part.key, outcome)
        elif outcome.status in _GONE:
            await self._miss(part, outcome)
        elif outcome.status == HTTPStatus.BAD_REQUEST and "?" in part.path and not part.needs_query:
            await self._alone(replace(part, path=part.path.split("?", 1)[0]))
        else:
            self.losses.add(part.key, outcome)

    async def _miss(self, part: Part, error: RefusedError) -> None:
        """Skip a part whose object was deleted meanwhile; one that still exists is a loss."""
        subject = "/".join(part.path.split("?", 1)[0].split("/")[:3])
        request = Request(self.client.address(f"{subject}?$select=id"))
        try:
            await self.client.exchange(request, _document)
        except RefusedError as told:
            if told.status in _GONE:
                self.client.progress.log("debug", "gone while the sync ran", path=part.path)
                return
        except UnavailableError as unknown:
            self.losses.add(part.key, unknown)
            return
        self.losses.add(part.key, error)

    async def _follow(self, part: Part, first: Page) -> None:
        request = Request(self.client.address(part.path), cost=part.cost)
        try:
            async for page in self.client.pages(request, first=first):
                if page.value:
                    await self.take(part.key, page.value)
                if self.passed is not None:
                    await self.passed(part.key, page.next_link or "")
        except AuthError:
            raise
        except (ConfigError, UnavailableError) as error:
            self.losses.add(part.key, error)
        else:
            self.losses.read += 1

    async def _wait(self, batch: "_Batch", failure: UnavailableError | None) -> None:
        left_out = UnavailableError("Graph left parts of a batch without an answer")
        failure = failure or left_out
        try:
            await self.client.wait_or_raise(batch.retries, policy_of(failure), failure)
        except UnavailableError as error:
            if getattr(error, "status", None) == HTTPStatus.TOO_MANY_REQUESTS:
                raise
            for part in batch.pending.values():
                self.losses.add(part.key, error)
            batch.pending.clear()

    async def _renewed(self, batch: "_Batch", refusal: AuthError) -> UnavailableError:
        """Renew the token once for a batch whose parts say it is stale; then it counts."""
        if batch.is_renewed:
            raise refusal
        batch.is_renewed = True
        await self.client.tokens.renewed(await self.client.tokens.current())
        return UnavailableError(refusal.message, code=refusal.code, retry_after=timedelta())

    def _outcome(self, reply: _Reply) -> Page | MusterError:
        if reply.status == HTTPStatus.OK:
            return _page(reply.body)
        if reply.status == _FAILED_DEPENDENCY:
            return UnavailableError("a part of a batch waited for one that failed")
        return graph_error(
            reply.status,
            reply.body if isinstance(reply.body, Mapping) else b"",
            request_id=reply.headers.get("request-id", ""),
            retry_after=told_wait(reply.headers.get("Retry-After"), self.client.outside.now()),
        )


@dataclass(slots=True)
class _Batch:
    pending: dict[str, Part]
    retries: Retries
    is_renewed: bool = False


async def together(coroutines: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """Return the results of all; if one fails the others are cancelled, and its error raised."""
    tasks = [asyncio.create_task(each) for each in coroutines]
    try:
        return list(await asyncio.gather(*tasks))
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _request(client: GraphClient, pending: Mapping[str, Part]) -> Request:
    parts = [
        {"id": key, "method": "GET", "url": part.path, "headers": _PART_HEADERS}
        for key, part in pending.items()
    ]
    cost = sum(part.cost for part in pending.values())
    return Request(
        client.address(f"/{_BATCH}"), cost=cost, content=msgspec.json.encode({"requests": parts})
    )


def _decode(response: httpx.Response) -> list[_Reply]:
    """Return the replies that can be read; the others count as left out."""
    replies = (_reply(each) for each in decoded(response, _replies).responses)
    return [each for each in replies if each is not None]


def _document(response: httpx.Response) -> Any:
    return decoded(response, _documents)


def _reply(told: Mapping[str, Any]) -> _Reply | None:
    try:
        status = int(told.get("status") or 0)
    except (TypeError, ValueError):
        return None
    headers = told.get("headers")
    named = headers.items() if isinstance(headers, dict) else ()
    texts = {name: str(value) for name, value in named if isinstance(value, str | int | float)}
    return _Reply(str(told.get("id")), status, httpx.Headers(texts), _body(told.get("body")))


def _body(told: Any) -> Any:
    """Return a part's document; Graph sends what it does not hold for JSON as base64 text."""
    if not isinstance(told, str):
        return told
    for text in (told.encode(), _base64(told)):
        with suppress(msgspec.DecodeError, RecursionError):
            return _documents.decode(text)
    return told


def _base64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        return b""


def _page(body: Any) -> Page | MusterError:
    """Return the part's body as a page; a single object is a page of one."""
    if isinstance(body, dict) and "value" not in body:
        return Page(value=[body])
    try:
        return msgspec.convert(body, Page)
    except msgspec.ValidationError as error:
        return UnavailableError(f"a part of a batch cannot be read: {error}")


def _worse(one: UnavailableError | None, other: UnavailableError) -> UnavailableError:
    """Return the one that asks for the longer wait."""
    if one is None:
        return other
    waits = (one.retry_after or timedelta(), other.retry_after or timedelta())
    return one if waits[0] >= waits[1] else other


def _chunks(parts: Sequence[Part]) -> Iterator[Sequence[Part]]:
    for start in range(0, len(parts), PARTS_AT_ONCE):
        yield parts[start : start + PARTS_AT_ONCE]
