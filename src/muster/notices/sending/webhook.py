"""Webhooks: signed posts in the form of the Standard Webhooks specification.

Source: https://github.com/standard-webhooks/standard-webhooks (read 2026-11).
"""

import asyncio
import base64
import binascii
import contextlib
import hashlib
import hmac
import os
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

import httpx

from muster.core.errors import ConfigError, MusterError
from muster.core.http import USER_AGENT, told_error, trusted_roots
from muster.core.retry import told_wait
from muster.notices.sending.addresses import check, resolved
from muster.notices.sending.message import Message
from muster.notices.sending.outcome import SENT, Outcome, Result

LONGEST_URL = 2_000
TIME_LIMIT = timedelta(seconds=20)
_TIMEOUT = httpx.Timeout(15.0, connect=10.0)
_PREFIX = "whsec_"
_FEWEST_BYTES, _MOST_BYTES = 24, 64
_PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True)
class Url:
    """A checked URL. `origin` names it without what may be secret in its path."""

    parts: SplitResult
    host: str
    port: int

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        return f"{self.parts.scheme}://{_bracketed(self.host)}:{self.port}"


def check_url(text: str) -> Url:
    """Return the URL in its parts.

    Raises ConfigError if it is none that can be posted to; the sentence does not quote it.
    """
    if len(text) > LONGEST_URL or not text.isprintable() or any(each.isspace() for each in text):
        raise ConfigError(f"the URL must be at most {LONGEST_URL} characters without blanks")
    try:
        parts = urlsplit(text)
        port = _PORTS.get(parts.scheme, 0) if parts.port is None else parts.port
        host = _ascii(parts.hostname or "")
        httpx.URL(text)
    except (ValueError, UnicodeError, httpx.InvalidURL):
        # Without its cause, which quotes the URL.
        raise ConfigError(
            "the URL cannot be read", hint="Such as: https://corp.example/x"
        ) from None
    if parts.scheme not in _PORTS or not host:
        raise ConfigError("the URL must begin with https:// or http:// and a host")
    if "@" in parts.netloc or parts.fragment or not 0 < port < 1 << 16:
        raise ConfigError(
            "the URL must have no user, password or #fragment, and a port from 1 to 65535",
            hint="The signature says who posts; a token can be in the path.",
        )
    return Url(parts, host, port)


def _ascii(host: str) -> str:
    """Return a name as it is asked of the DNS. Raises UnicodeError."""
    return host if host.isascii() else host.encode("idna").decode("ascii")


def signing_key(secret: str) -> bytes:
    """Return the bytes of a signing secret.

    Raises ConfigError if it is none.
    """
    text = secret.strip().removeprefix(_PREFIX)
    try:
        key = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not _FEWEST_BYTES <= len(key) <= _MOST_BYTES:
        raise ConfigError(
            f"the signing secret must be {_FEWEST_BYTES} to {_MOST_BYTES} bytes in base64",
            hint="Make one with: openssl rand -base64 32. Give the same one to who is told.",
        )
    return key


def signed(message: Message, secret: str, *, at: datetime) -> tuple[bytes, dict[str, str]]:
    """Return the body and the headers by which the other side knows that it is ours."""
    body = message.body()
    number, stamp = f"msg_{message.id.hex}", str(int(at.timestamp()))
    content = b".".join((number.encode(), stamp.encode(), body))
    digest = hmac.new(signing_key(secret), content, hashlib.sha256).digest()
    return body, {
        "content-type": "application/json",
        "user-agent": USER_AGENT,
        "webhook-id": number,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }


def post(
    values: Mapping[str, str],
    message: Message,
    *,
    at: datetime,
    is_internal_allowed: bool,
) -> Outcome:
    """Post one message and return what came of it. The other side's answer is not read."""
    try:
        url = check_url(values["url"])
        body, headers = signed(message, values["secret"], at=at)
        return asyncio.run(_posted(url, body, headers, is_internal_allowed=is_internal_allowed))
    except MusterError as error:
        return Outcome(Result.LATER, f"{error.message} {error.hint}".strip(), is_channels=True)


async def _posted(
    url: Url, body: bytes, headers: Mapping[str, str], *, is_internal_allowed: bool
) -> Outcome:
    try:
        async with asyncio.timeout(TIME_LIMIT.total_seconds()):
            reply = await _exchanged(url, body, headers, is_internal_allowed=is_internal_allowed)
    except (httpx.HTTPError, OSError, TimeoutError) as error:
        raise told_error(error, url.host) from error
    return _judged(reply, url)


async def _exchanged(
    url: Url, body: bytes, headers: Mapping[str, str], *, is_internal_allowed: bool
) -> httpx.Response:
    """Return the reply's head. The addresses that were checked are those that are connected to."""
    headers = {**headers, "host": _host_header(url)}
    if proxy := _proxy(url):
        _check_literal(url.host, is_internal_allowed=is_internal_allowed)
        return await _reply(url.parts.geturl(), body, headers, proxy=proxy)
    addresses = await asyncio.to_thread(
        resolved, url.host, url.port, is_internal_allowed=is_internal_allowed
    )
    for each in addresses[:-1]:
        # One that cannot be connected to was told nothing yet, so another may be.
        with contextlib.suppress(httpx.ConnectError, httpx.ConnectTimeout):
            return await _reply(_at(url, each), body, headers, server_name=url.host)
    return await _reply(_at(url, addresses[-1]), body, headers, server_name=url.host)


async def _reply(
    target: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    proxy: str | None = None,
    server_name: str = "",
) -> httpx.Response:
    """Post once. The certificate must be that of `server_name`, or else of the target's host."""
    named = {"sni_hostname": server_name} if server_name else {}
    extensions = {"timeout": _TIMEOUT.as_dict(), **named}
    request = httpx.Request("POST", target, content=body, headers=headers, extensions=extensions)
    # Not through a client, which would write the URL into httpx's log; so no redirects either.
    async with _transport(proxy) as transport:
        reply = await transport.handle_async_request(request)
        await reply.aclose()
        return reply


def _transport(proxy: str | None) -> httpx.AsyncHTTPTransport:
    """Raises ConfigError for a proxy that cannot be used."""
    roots = trusted_roots(os.environ)
    try:
        return httpx.AsyncHTTPTransport(verify=roots, trust_env=False, proxy=proxy)
    except (ValueError, ImportError, httpx.InvalidURL) as error:
        raise ConfigError(
            "the proxy named in the environment cannot be used",
            hint="Check HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY.",
        ) from error


def _judged(reply: httpx.Response, url: Url) -> Outcome:
    status = reply.status_code
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return SENT
    if status == HTTPStatus.GONE:
        why = f"{url.host} answered 410: it wants no more notices. Remove the channel."
        return Outcome(Result.HALTED, why, is_channels=True)
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        why = f"{url.host} answered {status}, and redirects are not followed. Give the final URL."
        return Outcome(Result.LATER, why, is_channels=True)
    after = told_wait(reply.headers.get("retry-after"), datetime.now(UTC))
    is_busy = status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.TOO_MANY_REQUESTS
    return Outcome(Result.LATER, f"{url.host} answered {status}", is_channels=is_busy, after=after)


def _proxy(url: Url) -> str | None:
    """Return the proxy that the environment names for a URL; it resolves names by itself then."""
    if urllib.request.proxy_bypass(url.host):
        return None
    proxies = urllib.request.getproxies()
    return proxies.get(url.parts.scheme) or proxies.get("all")


def _check_literal(host: str, *, is_internal_allowed: bool) -> None:
    try:
        ip_address(host)
    except ValueError:
        return
    check([host], host=host, is_internal_allowed=is_internal_allowed)


def _at(url: Url, address: str) -> str:
    return url.parts._replace(netloc=f"{_bracketed(address)}:{url.port}").geturl()


def _host_header(url: Url) -> str:
    is_usual = url.port == _PORTS[url.parts.scheme]
    return _bracketed(url.host) if is_usual else f"{_bracketed(url.host)}:{url.port}"


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
