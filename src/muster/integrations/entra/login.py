"""The way MSAL reaches the sign-in service: our client, our addresses, our errors."""

from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import httpx
import orjson

from muster.core.errors import AuthError, ConfigError, UnavailableError
from muster.core.http import told_error
from muster.core.retry import told_wait
from muster.integrations.entra.clouds import Cloud
from muster.integrations.entra.errors import is_transient, sign_in_error

_DISCOVERY = "/.well-known/openid-configuration"
_REALM = "/common/userrealm/"
_NOT_OFFERED = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.GONE})
_TIMES = ("expires_in", "ext_expires_in", "refresh_in")
_TIMEOUT = httpx.Timeout(30.0, connect=10.0)


class Reply:
    """What MSAL expects of a response."""

    def __init__(self, status: int, text: str, headers: Mapping[str, str]) -> None:
        """Keep what MSAL reads; it never sees a passing fault, so it has nothing to cache."""
        self.status_code = status
        self.text = text
        self.headers = headers

    def raise_for_status(self) -> None:
        """Raise UnavailableError for a status that MSAL did not expect."""
        if self.status_code >= httpx.codes.BAD_REQUEST:
            raise UnavailableError(f"the sign-in service answered with status {self.status_code}")


class LoginHttp:
    """An `http_client` for MSAL.

    MSAL insists on https and drops the port when it asks for the user's realm, so it is given the
    real authority and the base address is exchanged here, both ways. It would follow a federated
    user to any host: requests elsewhere are refused.
    """

    def __init__(self, client: httpx.Client, cloud: Cloud) -> None:
        """Send with `client`, to the cloud's sign-in address."""
        self._client = client
        self._cloud = cloud

    def get(self, url: str, **given: Any) -> Reply:
        """Fetch discovery documents and realms."""
        return self._send("GET", url, given)

    def post(self, url: str, **given: Any) -> Reply:
        """Ask for a token."""
        return self._send("POST", url, given)

    def close(self) -> None:
        """Leave the client open: whoever made it closes it."""

    def _send(self, method: str, url: str, given: Mapping[str, Any]) -> Reply:
        sent_to = self._address(url)
        headers = {name: value for name, value in (given.get("headers") or {}).items() if value}
        try:
            response = self._client.request(
                method,
                sent_to,
                params=given.get("params"),
                data=given.get("data"),
                headers=headers,
                timeout=_TIMEOUT,
            )
        except httpx.InvalidURL as error:
            raise ConfigError(f"the sign-in address cannot be used: {error}") from error
        except httpx.HTTPError as error:
            host = urlsplit(self._cloud.login_base).netloc
            raise told_error(error, host) from error
        return self._checked(url, response)

    def _address(self, url: str) -> str:
        authority = self._cloud.authority
        if not url.startswith(f"{authority}/"):
            raise _federated(urlsplit(url).netloc)
        return self._cloud.login_base + url.removeprefix(authority)

    def _checked(self, url: str, response: httpx.Response) -> Reply:
        status = response.status_code
        if url.endswith(_DISCOVERY) and status in _NOT_OFFERED and not _refusal(response):
            return Reply(HTTPStatus.OK, _discovered(url), {})
        if is_transient(status):
            raise UnavailableError(
                f"the sign-in service answered {status} ({response.reason_phrase})",
                hint="It is tried again; if it lasts, look at the service health of Entra ID.",
                code=str(status),
                retry_after=told_wait(response.headers.get("Retry-After"), datetime.now(UTC)),
            )
        if _REALM in url and status == httpx.codes.NOT_FOUND:
            return Reply(status, response.text, response.headers)
        self._check_document(url, response)
        told = _with_readable_times(response)
        text = told.replace(self._cloud.login_base, self._cloud.authority)
        return Reply(status, text, response.headers)

    def _check_document(self, url: str, response: httpx.Response) -> None:
        document = _document(response)
        if "error" not in document and not response.is_success:
            raise ConfigError(
                f"the sign-in service answered {response.status_code} without a reason",
                hint="Check the cloud and the tenant ID, and what stands between.",
            )
        if url.endswith(_DISCOVERY) and "error" in document:
            raise sign_in_error(document)
        if _REALM in url and document.get("account_type") == "Federated":
            raise _federated(str(document.get("domain_name") or "another directory"))


def _discovered(url: str) -> str:
    """Return what discovery would say: where tokens are has been the same in every cloud."""
    tenant = url.removesuffix(_DISCOVERY).removesuffix("/v2.0")
    return orjson.dumps(
        {
            "issuer": f"{tenant}/v2.0",
            "authorization_endpoint": f"{tenant}/oauth2/v2.0/authorize",
            "token_endpoint": f"{tenant}/oauth2/v2.0/token",
        }
    ).decode()


def _with_readable_times(response: httpx.Response) -> str:
    """Return the reply's text without lifetimes that are no numbers, at which MSAL stumbles."""
    document = _document(response)
    unreadable = [name for name in _TIMES if name in document and not _is_number(document[name])]
    if not unreadable:
        return response.text
    kept = {name: value for name, value in document.items() if name not in unreadable}
    return orjson.dumps(kept).decode()


def _is_number(value: object) -> bool:
    return isinstance(value, int) or (isinstance(value, str) and value.strip().isdecimal())


def _refusal(response: httpx.Response) -> object:
    """Return the OAuth error of a reply, None where it names none."""
    return (_parsed(response) or {}).get("error")


def _parsed(response: httpx.Response) -> dict[str, Any] | None:
    try:
        document = orjson.loads(response.content)
    except orjson.JSONDecodeError:
        return None
    return document if isinstance(document, dict) else None


def _document(response: httpx.Response) -> dict[str, Any]:
    document = _parsed(response)
    if document is not None:
        return document
    if response.is_client_error:
        # A refusal, even if nobody can read it: a password is not sent a second time.
        raise AuthError(
            f"the sign-in service answered {response.status_code} without a readable reason",
            hint="Check the cloud and the tenant ID, and what stands between.",
        )
    raise UnavailableError(
        f"the sign-in service answered {response.status_code} with something that is not JSON",
        hint="Something between here and Entra ID may answer in its place, such as a proxy's page.",
    )


def _federated(where: str) -> AuthError:
    return AuthError(
        f"the user is federated: signing in would lead to {where}",
        hint="Use a cloud-only account, or a client secret or certificate.",
        code="Federated",
    )
