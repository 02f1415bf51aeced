"""Tokens for Graph: acquired through MSAL, renewed in time, and read for diagnosis."""

import asyncio
import base64
import binascii
import threading
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar, cast

import orjson

from muster.core.errors import AuthError, ConfigError, UnavailableError
from muster.core.http import Outside
from muster.core.retry import BROKEN, UNREACHABLE, Retries
from muster.integrations.entra.clouds import Cloud
from muster.integrations.entra.credentials import Credential
from muster.integrations.entra.errors import sign_in_error
from muster.integrations.entra.login import LoginHttp

Answer = TypeVar("Answer")

_RENEW_BEFORE = timedelta(minutes=5)
_USUAL_LIFETIME = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Token:
    """One access token, and from when on a new one should be asked for."""

    value: str = field(repr=False)
    renew_at: datetime


class Tokens:
    """The token of one run, shared by all its requests.

    A refusal is remembered and raised again without asking, because every further try with a
    wrong password brings the account nearer to its lockout.
    """

    def __init__(
        self, acquire: Callable[[], Awaitable[Token]], *, now: Callable[[], datetime]
    ) -> None:
        """Start without a token; `acquire` brings one or raises."""
        self._acquire = acquire
        self._now = now
        self._lock = asyncio.Lock()
        self._token: Token | None = None
        self._refusal: ConfigError | None = None

    async def current(self) -> str:
        """Return a token that is good for some minutes."""
        token = self._token
        if token is None or self._now() >= token.renew_at:
            return await self._renew(token)
        return token.value

    async def renewed(self, refused: str) -> str:
        """Return another token than the one that was refused."""
        token = self._token
        if token is not None and token.value != refused:
            return token.value
        return await self._renew(token)

    async def _renew(self, stale: Token | None) -> str:
        async with self._lock:
            if self._refusal is not None:
                raise self._refusal
            if self._token is stale or self._token is None:
                self._token = await self._acquired()
            return self._token.value

    async def _acquired(self) -> Token:
        try:
            return await self._acquire()
        except ConfigError as error:
            self._refusal = error
            raise


def entra_tokens(credential: Credential, cloud: Cloud, outside: Outside) -> Tokens:
    """Return the tokens of a credential; nothing is sent until the first is needed."""

    async def acquire() -> Token:
        retries = Retries(draw=outside.draw)
        while True:
            try:
                asked_at = outside.now()
                told = await _in_thread(lambda: _ask(credential, cloud, outside))
                return _token(told, asked_at, credential)
            except UnavailableError as error:
                policy = BROKEN if error.code else UNREACHABLE
                wait = retries.next_wait(policy, error.retry_after)
                if wait is None:
                    raise
                await outside.sleep(wait.total_seconds())

    return Tokens(acquire, now=outside.now)


def claims(token: str) -> Mapping[str, Any]:
    """Return what a token says of itself, unverified: for diagnosis only; {} if it is opaque."""
    parts = token.split(".")
    if len(parts) != 3:  # noqa: PLR2004 - header, payload, signature
        return {}
    try:
        padded = parts[1] + "=" * (-len(parts[1]) % 4)
        document = orjson.loads(base64.urlsafe_b64decode(padded))
    except (binascii.Error, ValueError):
        return {}
    return document if isinstance(document, Mapping) else {}


def permissions(token: str) -> frozenset[str] | None:
    """Return the permissions a token carries, of both types; None if it does not say."""
    told = claims(token)
    roles, scopes = told.get("roles"), told.get("scp")
    if not isinstance(roles, list) and not isinstance(scopes, str):
        # A readable token without either was issued without any permission at all.
        return frozenset() if told else None
    named = [str(each) for each in roles] if isinstance(roles, list) else []
    return frozenset([*named, *(scopes.split() if isinstance(scopes, str) else [])])


def _ask(credential: Credential, cloud: Cloud, outside: Outside) -> Mapping[str, Any]:
    """Return MSAL's answer. A new MSAL application each time: its caches keep refusals too."""
    import msal

    with outside.blocking_client() as client:
        try:
            application = msal.ConfidentialClientApplication(
                credential.client_id,
                authority=f"{cloud.authority}/{credential.tenant_id}",
                client_credential=_client_credential(credential),
                http_client=LoginHttp(client, cloud),
                # Our authorities come from our table; asking would leave the box.
                instance_discovery=False,
            )
            return _answer(application, credential, cloud)
        except (ValueError, KeyError, TypeError, RuntimeError, AttributeError) as error:
            raise UnavailableError(
                "the sign-in service answered in a way that cannot be understood",
                hint="Something between here and Entra ID may answer in its place.",
                code="invalid_response",
            ) from error


async def _in_thread(work: Callable[[], Answer]) -> Answer:
    """Return what `work` returns; unlike `asyncio.to_thread`, one that hangs holds up no exit."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Answer] = loop.create_future()

    def settle(result: Answer | None, error: Exception | None) -> None:
        if future.cancelled():
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(cast("Answer", result))

    def run() -> None:
        result, failure = None, None
        try:
            result = work()
        except Exception as error:  # noqa: BLE001 - handed over whole to the waiting task
            failure = error
        with suppress(RuntimeError):  # the loop has ended: nobody waits any more
            loop.call_soon_threadsafe(settle, result, failure)

    threading.Thread(target=run, name="sign-in", daemon=True).start()
    return await future


def _answer(application: Any, credential: Credential, cloud: Cloud) -> Mapping[str, Any]:
    scopes = [cloud.scope]
    if credential.is_delegated:
        # On this class, which sends no secret here, MSAL gives no warning of deprecation; on the
        # public one it does. Our own warning stands in the credential's note.
        answer = application.acquire_token_by_username_password(
            credential.username, credential.password, scopes=scopes
        )
    else:
        answer = application.acquire_token_for_client(scopes=scopes)
    return answer if isinstance(answer, Mapping) else {}


def _client_credential(credential: Credential) -> str | dict[str, str] | None:
    if credential.certificate:
        return {
            "private_key": credential.private_key,
            "public_certificate": credential.certificate,
        }
    return credential.client_secret or None


def _token(told: Mapping[str, Any], asked_at: datetime, credential: Credential) -> Token:
    value = told.get("access_token")
    if not isinstance(value, str) or not value:
        if not told.get("error"):
            raise AuthError("the sign-in service gave neither a token nor a reason")
        raise sign_in_error(told, secrets=credential.secrets())
    lifetime = _lifetime(told.get("expires_in"))
    return Token(value, renew_at=asked_at + max(lifetime - _RENEW_BEFORE, lifetime / 2))


def _lifetime(told: object) -> timedelta:
    """Return how long a token lasts; Entra's usual hour where that is not told.

    A token that ends earlier is refused and renewed then.
    """
    text = str(told).strip()
    seconds = int(text) if text.isdecimal() and len(text) <= len("86400") else 0
    return timedelta(seconds=seconds) if seconds else _USUAL_LIFETIME
