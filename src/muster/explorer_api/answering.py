"""From a request to a message and back: limits, signatures, refusals with our clock."""

import functools
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from muster.core.errors import ConfigError, DataError, MusterError, UnavailableError
from muster.explorer import chunks, signing
from muster.explorer.messages import PROTOCOL, Message, Refusal, encode
from muster.explorers import sessions
from muster.explorers.models import Explorer

_LARGEST_MESSAGE = 64 * 1024
_STATUS = {
    "unsigned": 401,
    "unknown": 401,
    "clock-skew": 401,
    "revoked": 403,
    "token": 403,
    "duplicate": 409,
    "taken": 409,
    "over": 410,
    "too-large": 413,
    "protocol": 426,
}

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Asking:
    """What was asked: signed by whom, with which body, from which address, and when."""

    body: bytes
    said: signing.Said
    signature: bytes
    address: str
    at: datetime

    def explorer(self, *, is_greeting: bool = False) -> Explorer:
        """Return who asks; unless it `is_greeting`, in the session that speaks for it.

        Raises ConfigError as `sessions` does.
        """
        found = sessions.authenticated(self.said, self.signature, at=self.at)
        if not is_greeting:
            sessions.check_session(found, self.said.session, at=self.at)
        return found


Answer = Callable[..., Message]


def utc_now() -> datetime:
    """Return the time of day."""
    return datetime.now(UTC)


def answering(
    path: str, *, largest: int = _LARGEST_MESSAGE
) -> Callable[[Answer], Callable[..., HttpResponse]]:
    """Make a view of what answers a message.

    `path` is what is signed, with the view's arguments in their places; no body is larger than
    `largest`.
    """

    def declare(answer: Answer) -> Callable[..., HttpResponse]:
        @csrf_exempt  # nothing here trusts a cookie
        @require_POST
        @functools.wraps(answer)
        def view(request: HttpRequest, **given: Any) -> HttpResponse:
            try:
                asking = _asked(request, path.format(**given), largest)
                return _response(answer(asking, **given), 200)
            except MusterError as error:
                return _refused(error)
            except (DatabaseError, InterfaceError) as error:
                _log.warning("an Explorer has to wait", extra={"error": str(error)})
                return _refused(UnavailableError("the server's database is busy or away"))

        return view

    return declare


def _asked(request: HttpRequest, path: str, largest: int) -> Asking:
    protocol = request.headers.get(signing.PROTOCOL, "")
    if protocol != str(PROTOCOL):
        raise ConfigError(
            f"this server speaks the Explorers' protocol {PROTOCOL}, and this one speaks "
            f"{protocol[:20] or 'none'}",
            hint="Update the older of the two.",
            code="protocol",
        )
    body = _body(request, largest)
    said, signature = signing.read_headers(request.headers, path=path, body=body)
    return Asking(body, said, signature, str(request.META.get("REMOTE_ADDR", ""))[:100], utc_now())


def _body(request: HttpRequest, largest: int) -> bytes:
    """Return the body, which is not read at all if it says that it is too large."""
    length = str(request.META.get("CONTENT_LENGTH") or "0")
    if len(length) > len(str(largest)) or not length.isdigit() or int(length) > largest:
        raise _too_large(largest)
    try:
        return request.body
    except RequestDataTooBig as error:
        raise _too_large(largest) from error
    except UnreadablePostError as error:
        raise DataError("the body broke off", code="malformed") from error


def _too_large(largest: int) -> ConfigError:
    return ConfigError(
        f"the body is larger than {largest:,} bytes", hint="Update the Explorer.", code="too-large"
    )


def _refused(error: MusterError) -> HttpResponse:
    status = 503 if isinstance(error, UnavailableError) else _STATUS.get(error.code, 400)
    refusal = Refusal(
        code=error.code or ("unavailable" if status == 503 else "malformed"),  # noqa: PLR2004
        message=error.message,
        hint=error.hint,
        server_time=utc_now(),
    )
    return _response(refusal, status)


def _response(message: Message, status: int) -> HttpResponse:
    response = HttpResponse(encode(message), status=status, content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


LARGEST_CHUNK = chunks.MOST_PACKED_BYTES
