"""What a client reads when something is wrong: one JSON object with a sentence (RFC 7807)."""

import logging
from collections.abc import Mapping
from typing import Any

import orjson
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation, TooManyFieldsSent
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from muster.core.errors import ConfigError, MusterError, QueryError, UnavailableError

_log = logging.getLogger("muster.api")

TITLES = {
    400: "Bad request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method not allowed",
    409: "Conflict",
    413: "Too large",
    415: "Unsupported media type",
    422: "Unprocessable",
    429: "Too many requests",
    500: "Internal error",
    503: "Unavailable",
}
CONTENT_TYPE = "application/problem+json"


class Problem(Exception):  # noqa: N818 - the word of RFC 7807
    """An answer that is no good, with its status and a sentence for a person."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> None:
        """Keep all of it; `body` replaces what is usually said."""
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = dict(headers or {})
        self.body = body


def not_found(what: str, reference: object) -> Problem:
    """Return the problem that there is no such thing, or not for whoever asks."""
    return Problem(404, f"there is no {what} {str(reference)[:100]}")


def problem_response(
    status: int,
    detail: str,
    *,
    headers: Mapping[str, str] | None = None,
    body: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """Return the answer that says a problem."""
    said = (
        body
        if body is not None
        else {
            "title": TITLES.get(status, "Error"),
            "status": status,
            "detail": detail,
        }
    )
    is_empty = body is not None and not body
    return HttpResponse(
        orjson.dumps(said),
        status=status,
        content_type="application/json" if is_empty else CONTENT_TYPE,
        headers=dict(headers or {}),
    )


def sentence(error: MusterError) -> str:
    """Return what is wrong and what to do about it."""
    message = error.message[:1].upper() + error.message[1:]
    ending = "" if message.endswith((".", "!", "?")) else "."
    return f"{message}{ending} {error.hint}".strip() if error.hint else error.message


def handle_problems(api: NinjaAPI) -> None:
    """Let every error of a handler become a problem."""

    @api.exception_handler(Problem)
    def _problem(_request: HttpRequest, error: Problem) -> HttpResponse:
        return problem_response(error.status, error.detail, headers=error.headers, body=error.body)

    @api.exception_handler(MusterError)
    def _told(_request: HttpRequest, error: MusterError) -> HttpResponse:
        return _of_error(error)

    @api.exception_handler(AuthenticationError)
    def _unauthorized(_request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
        return unauthorized("send 'Authorization: Bearer' with a token that holds here")

    @api.exception_handler(ValidationError)
    def _invalid(_request: HttpRequest, error: ValidationError) -> HttpResponse:
        return problem_response(422, _faults(error.errors))

    @api.exception_handler(HttpError)
    def _refused(_request: HttpRequest, error: HttpError) -> HttpResponse:
        return problem_response(error.status_code, str(error))

    @api.exception_handler(RequestDataTooBig)
    def _too_big(_request: HttpRequest, _error: RequestDataTooBig) -> HttpResponse:
        return problem_response(413, "the body is larger than this operation takes")

    for kind in (SuspiciousOperation, TooManyFieldsSent, MultiPartParserError, UnicodeError):
        api.exception_handler(kind)(_unreadable)
    api.exception_handler(Exception)(_broken)


def unauthorized(detail: str) -> HttpResponse:
    """Return the answer to whoever is not let in."""
    return problem_response(401, detail, headers={"WWW-Authenticate": "Bearer"})


def _of_error(error: MusterError) -> HttpResponse:
    if isinstance(error, QueryError):
        where = f" (at character {error.position + 1})" if error.position is not None else ""
        return problem_response(400, sentence(error) + where)
    if isinstance(error, UnavailableError):
        wait = error.retry_after.total_seconds() if error.retry_after else 30
        return problem_response(503, sentence(error), headers={"Retry-After": str(int(wait))})
    return problem_response(400 if isinstance(error, ConfigError) else 422, sentence(error))


def _faults(faults: list[dict[str, Any]]) -> str:
    """Return what is wrong with each value, by its name; never the value itself."""
    told = []
    for each in faults[:5]:
        place = [
            str(part)
            for part in each.get("loc", ())
            if part not in {"body", "query", "payload", "path", "form"}
        ]
        told.append(f"{'.'.join(place) or 'the body'}: {each.get('msg', 'is wrong')}")
    return "; ".join(told)[:1000] or "the request cannot be read"


def _unreadable(_request: HttpRequest, _error: Exception) -> HttpResponse:
    return problem_response(400, "the request cannot be read")


def _broken(request: HttpRequest, error: Exception) -> HttpResponse:
    # The client learns nothing of it, and whoever looks after the server everything.
    _log.error("%s %s failed", request.method, request.path, exc_info=error)
    return problem_response(500, "something in the server failed; its log says what")
