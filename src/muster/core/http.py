"""HTTP clients that sources share: trusted roots, proxies, time limits, and errors in sentences."""

import asyncio
import os
import random
import socket
import ssl
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import certifi
import httpx

from muster.core.errors import ConfigError, MusterError, UnavailableError

ROOT_VARIABLES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
USER_AGENT = "Muster"

_HEADERS = {"User-Agent": USER_AGENT, "Accept": "application/json"}
_LIMITS = httpx.Limits(max_connections=16, max_keepalive_connections=16)
TIMEOUT = httpx.Timeout(60.0, connect=10.0, pool=None)
LONGEST_REQUEST_SECONDS = 300.0
"""A reply that drips one byte a minute never meets the read timeout; this ends it."""


def _environment() -> Mapping[str, str]:
    return dict(os.environ)


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Outside:
    """What a source needs from outside the process: network, clocks, sleep and chance.

    `transport` None means the real network; a test gives an `httpx.MockTransport`.
    """

    transport: httpx.MockTransport | None = None
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    monotonic: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = _utc_now
    draw: Callable[[], float] = random.random
    environ: Callable[[], Mapping[str, str]] = _environment

    def client(self) -> httpx.AsyncClient:
        """Return a client for collecting; the caller closes it.

        Raises ConfigError if the environment names unreadable roots or an unusable proxy.
        """
        if self.transport is not None:
            return httpx.AsyncClient(transport=self.transport, headers=_HEADERS, timeout=TIMEOUT)
        roots = trusted_roots(self.environ())
        try:
            return httpx.AsyncClient(
                verify=roots, headers=_HEADERS, timeout=TIMEOUT, limits=_LIMITS
            )
        except (ValueError, ImportError, httpx.InvalidURL) as error:
            raise _bad_proxy(error) from error

    def blocking_client(self) -> httpx.Client:
        """Return a client for libraries that block, such as MSAL; the caller closes it.

        Raises ConfigError as `client` does.
        """
        if self.transport is not None:
            return httpx.Client(transport=self.transport, headers=_HEADERS, timeout=TIMEOUT)
        roots = trusted_roots(self.environ())
        try:
            return httpx.Client(verify=roots, headers=_HEADERS, timeout=TIMEOUT)
        except (ValueError, ImportError, httpx.InvalidURL) as error:
            raise _bad_proxy(error) from error


def trusted_roots(environ: Mapping[str, str]) -> ssl.SSLContext:
    """Return a context that trusts the system, certifi, and what the environment adds.

    Raises ConfigError naming the variable whose file or folder cannot be read.
    """
    context = ssl.create_default_context()
    context.load_verify_locations(cafile=certifi.where())
    # The variables often name one file, and reading it again takes a tenth of a second.
    named = {path: name for name in ROOT_VARIABLES for path in _paths(environ, name)}
    for path, name in named.items():
        _add_roots(context, name, Path(path))
    return context


def _paths(environ: Mapping[str, str], name: str) -> list[str]:
    return [each for each in environ.get(name, "").split(os.pathsep) if each]


def _add_roots(context: ssl.SSLContext, name: str, path: Path) -> None:
    try:
        if path.is_dir():
            context.load_verify_locations(capath=path)
        else:
            context.load_verify_locations(cafile=path)
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(
            f"{name} names {path}, which holds no readable certificates: {error}",
            hint=f"Correct {name}, or unset it.",
        ) from error


def told_error(error: httpx.HTTPError | OSError | TimeoutError, host: str) -> MusterError:
    """Return our error for a failed exchange with `host`, as a sentence with what to do."""
    if isinstance(error, httpx.ProxyError):
        return UnavailableError(
            f"the proxy refused the way to {host}: {error}",
            hint="Check HTTPS_PROXY and NO_PROXY, and what the proxy allows.",
        )
    cause = _root_cause(error)
    if isinstance(cause, ssl.SSLError):
        return _tls_error(cause, host)
    if isinstance(cause, socket.gaierror):
        return UnavailableError(
            f"the name {host} cannot be resolved", hint="Check the DNS, the proxy and the name."
        )
    if isinstance(error, httpx.TimeoutException | TimeoutError):
        return UnavailableError(
            f"{host} did not answer in time", hint="Check the network, firewall and proxy."
        )
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
        return UnavailableError(
            f"no connection to {host}: {cause}", hint="Check the network, firewall and proxy."
        )
    return UnavailableError(
        f"the exchange with {host} broke off: {str(error) or type(error).__name__}"
    )


def is_unreachable(error: Exception) -> bool:
    """True if nothing was exchanged at all, so that few tries are enough."""
    return isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.ProxyError)


def _tls_error(cause: ssl.SSLError, host: str) -> MusterError:
    if isinstance(cause, ssl.SSLCertVerificationError):
        return ConfigError(
            f"the certificate of {host} is not trusted: {cause.verify_message}",
            hint="If a proxy or a private authority signs it, set SSL_CERT_FILE (or "
            "REQUESTS_CA_BUNDLE) to a PEM file with that authority's certificate.",
        )
    return UnavailableError(
        f"no TLS connection to {host}: {cause.reason or cause}",
        hint="Check that the address speaks HTTPS and that no proxy breaks it open.",
    )


def _root_cause(error: BaseException) -> BaseException:
    """Return the innermost cause that says what happened: httpx wraps httpcore wraps OSError."""
    seen: BaseException = error
    while (inner := seen.__cause__ or seen.__context__) is not None:
        seen = inner
        if isinstance(seen, ssl.SSLError | socket.gaierror):
            break
    return seen


def _bad_proxy(error: Exception) -> ConfigError:
    return ConfigError(
        f"the proxy named in the environment cannot be used: {error}",
        hint="Check HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY.",
    )
