"""Asking the server: signed, by the server's clock, with each refusal as a sentence."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

import httpx

from muster.core.errors import ConfigError, DataError, MusterError, UnavailableError
from muster.core.http import told_error
from muster.explorer.identity import Keys
from muster.explorer.messages import (
    PROTOCOL,
    AnyMessage,
    Message,
    Refusal,
    decode,
    encode,
)
from muster.explorer.signing import PROTOCOL as PROTOCOL_HEADER
from muster.explorer.signing import Said, signed_headers

ENDPOINT = "/api/explorer/"
NOTABLE_SKEW = timedelta(minutes=1)
_TRY_LATER = frozenset({408, 425, 429})
_SERVER_FAILED = 500
_OK = 200


def checked_server(url: str) -> str:
    """Return a server's address without what follows it.

    Raises ConfigError unless it is HTTPS, or HTTP on this machine.
    """
    parts = urlsplit(url.strip() if "://" in url else f"https://{url.strip()}")
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username:
        raise ConfigError(
            f"'{url[:200]}' is no server's address",
            hint="Give it as the console shows it, such as https://muster.example.",
        )
    if parts.scheme == "http" and not _is_this_machine(parts.hostname):
        raise ConfigError(
            "an Explorer talks to its server by HTTPS only",
            hint=f"Use https://{parts.netloc}; plain HTTP is for a server on this machine.",
        )
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"


@dataclass(slots=True)
class Client:
    """Talks to one server for one Explorer; any thread may ask.

    Signatures carry the server's time as far as it is known, so that a wrong clock here does no
    harm. `skew` is how far it is ahead of the server's.
    """

    http: httpx.Client
    server: str
    keys: Keys
    now: Callable[[], datetime]
    explorer: str = ""
    session: str = ""
    skew: timedelta = timedelta()
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def ask(self, path: str, message: Message, answer: type[AnyMessage]) -> AnyMessage:
        """Send a message and return the answer.

        Raises ConfigError, with the server's code, for what a person must act upon;
        UnavailableError to try later; DataError if the server cannot read it.
        """
        return self.send(path, encode(message), answer)

    def send(self, path: str, body: bytes, answer: type[AnyMessage]) -> AnyMessage:
        """Send a body, as `ask` does."""
        response = self._exchanged(path, body)
        if (refusal := _refusal(response)) is not None and refusal.code == "clock-skew":
            self._learn(refusal)
            response = self._exchanged(path, body)
        if response.status_code == _OK:
            return decode(response.content, answer)
        raise _failure(response, self.server)

    def _exchanged(self, path: str, body: bytes) -> httpx.Response:
        at = self.now() - self.skew
        said = Said(path=path, body=body, at=at, explorer=self.explorer, session=self.session)
        headers = {
            **signed_headers(said, self.keys.signing),
            PROTOCOL_HEADER: str(PROTOCOL),
            "Content-Type": "application/octet-stream",
        }
        url = f"{self.server}{ENDPOINT}{path}"
        try:
            return self.http.post(url, content=body, headers=headers)
        except httpx.HTTPError as error:
            raise told_error(error, urlsplit(self.server).netloc) from error
        except (httpx.InvalidURL, UnicodeError) as error:
            raise ConfigError(f"{url} is no address: {error}") from error

    def _learn(self, refusal: Refusal) -> None:
        if refusal.server_time is not None:
            with self._lock:
                self.skew = self.now() - refusal.server_time


def _refusal(response: httpx.Response) -> Refusal | None:
    if response.status_code == _OK:
        return None
    try:
        return decode(response.content, Refusal)
    except DataError:
        return None


def _failure(response: httpx.Response, server: str) -> MusterError:
    """Return our error for an answer that is none."""
    refusal = _refusal(response)
    status = response.status_code
    if status >= _SERVER_FAILED or status in _TRY_LATER:
        what = refusal.message if refusal else f"{server} answered with status {status}"
        return UnavailableError(what, hint=refusal.hint if refusal else "")
    if refusal is None:
        return ConfigError(
            f"{server} answered with status {status}, and not as a server of Muster does",
            hint="Check the address, and that no proxy stands between that asks people to sign in.",
            code="no-server",
        )
    kind = DataError if refusal.code.startswith("malformed") else ConfigError
    return kind(refusal.message, hint=refusal.hint, code=refusal.code)


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
