"""Errors of Entra and Graph, translated once into ours, in sentences that name the fix."""

import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import orjson

from muster.core.errors import AuthError, ConfigError, MusterError, UnavailableError
from muster.core.redact import redact
from muster.core.retry import BROKEN, THROTTLED, RetryPolicy
from muster.integrations.entra.troubles import STATUS_FIXES, trouble

_AADSTS = re.compile(r"AADSTS\d+")
_LONGEST_DETAIL = 300
_DEEPEST_INNER = 5
_FIRST_SERVER_ERROR = 500


class RefusedError(ConfigError):
    """Graph answered 4xx: asking the same again changes nothing."""

    def __init__(
        self, message: str, *, status: int, detail: str = "", hint: str = "", code: str = ""
    ) -> None:
        """Keep the status, and Graph's own words as `detail`."""
        super().__init__(message, hint=hint, code=code)
        self.status = status
        self.detail = detail


class PassingError(UnavailableError):
    """Graph answered with a status that may be another one later."""

    def __init__(
        self,
        message: str,
        *,
        status: int,
        hint: str = "",
        code: str = "",
        retry_after: timedelta | None = None,
    ) -> None:
        """Keep the status, on which depends how long to try."""
        super().__init__(message, hint=hint, code=code, retry_after=retry_after)
        self.status = status

    @property
    def policy(self) -> RetryPolicy:
        """How patient to be: more where the other side asks to wait or names a time."""
        asks = self.status in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}
        return THROTTLED if asks or self.retry_after is not None else BROKEN


def is_transient(status: int) -> bool:
    """True if the same request may succeed later."""
    return status in {
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.INTERNAL_SERVER_ERROR,
        HTTPStatus.BAD_GATEWAY,
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.GATEWAY_TIMEOUT,
        509,
    }


def graph_error(
    status: int,
    body: Mapping[str, Any] | bytes,
    *,
    request_id: str = "",
    retry_after: timedelta | None = None,
) -> MusterError:
    """Return our error for a reply of Graph that is none.

    Starts with `invalid response: 403 (403 Forbidden)`, in the words an operator searches for.
    """
    code, detail = _told(body)
    reason = f"{status} {_phrase(status)}".strip()
    said = ": ".join(filter(None, (code, detail)))
    traced = f" (request-id {request_id})" if request_id else ""
    message = f"invalid response: {status} ({reason})" + (f"; {said}" if said else "") + traced
    if is_transient(status):
        return PassingError(
            message, status=status, hint=_hint(code, status), code=code, retry_after=retry_after
        )
    if status == HTTPStatus.UNAUTHORIZED:
        return AuthError(message, hint=_hint(code, status), code=code)
    return RefusedError(message, status=status, detail=detail, hint=_hint(code, status), code=code)


def sign_in_error(told: Mapping[str, Any], *, secrets: Iterable[str] = ()) -> MusterError:
    """Return our error for a token endpoint's refusal, such as MSAL hands it on.

    Passing faults are UnavailableError; everything else AuthError, which nobody tries again.
    """
    error = str(told.get("error") or "")
    description = str(told.get("error_description") or "")
    code = _sign_in_code(told, description) or error
    said = redact(_first_line(description), secrets)
    message = " ".join(filter(None, (f"({error})" if error else "", said)))
    known = trouble(code) or trouble(error)
    sentence = f"{known.meaning}: {message}" if known else f"Entra refused the sign-in: {message}"
    hint = known.fix if known else "Look the code up in the sign-in logs of Entra ID."
    if known and known.is_transient:
        return UnavailableError(sentence, hint=hint, code=code)
    return AuthError(sentence, hint=hint, code=code)


def sentence(error: MusterError, what: str) -> str:
    """Return the error's sentence, saying first what could not be had."""
    return f"failed to get Entra ID {what}: {error.message}"


def _told(body: Mapping[str, Any] | bytes) -> tuple[str, str]:
    """Return the most specific code Graph names, and its words."""
    document = _document(body)
    error = document.get("error")
    if not isinstance(error, Mapping):
        return "", ""
    code, detail = str(error.get("code") or ""), str(error.get("message") or "")
    for inner in _inner(error):
        named = inner.get("code")
        if isinstance(named, str) and trouble(named):
            code = named
    return code, redact(" ".join(detail.split())[:_LONGEST_DETAIL])


def _inner(error: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    """Yield the nested errors, outermost first; Graph spells the key in two ways."""
    for _ in range(_DEEPEST_INNER):
        found = error.get("innerError", error.get("innererror"))
        if not isinstance(found, Mapping):
            return
        yield found
        error = found


def _document(body: Mapping[str, Any] | bytes) -> Mapping[str, Any]:
    if isinstance(body, Mapping):
        return body
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return document if isinstance(document, Mapping) else {}


def _hint(code: str, status: int) -> str:
    known = trouble(code) if code else None
    if known:
        return known.fix
    nearest = 500 if status >= _FIRST_SERVER_ERROR else status
    return STATUS_FIXES.get(nearest, "")


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def _sign_in_code(told: Mapping[str, Any], description: str) -> str:
    numbers = told.get("error_codes")
    if isinstance(numbers, list) and numbers and isinstance(numbers[0], int):
        return f"AADSTS{numbers[0]}"
    found = _AADSTS.search(description)
    return found.group() if found else ""


def _first_line(description: str) -> str:
    """Return the words without the trace, correlation and timestamp that follow them."""
    return re.split(r"\r|\n|\s+Trace ID:", description, maxsplit=1)[0][:_LONGEST_DETAIL].strip()
