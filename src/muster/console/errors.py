"""What is shown where a page cannot be: a sentence and a way on, never a traceback."""

import contextlib
import logging
import sys
from typing import Any

from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render as render_template
from django.template.loader import render_to_string

from muster.console.requests import asker_of

_log = logging.getLogger(__name__)

_WORDS = {
    400: ("This request cannot be read", "Go back and try again."),
    403: (
        "Your role does not allow this",
        "Ask an administrator of this organization for a role that does.",
    ),
    404: (
        "There is no such page",
        "It was removed, belongs to another organization, or never was.",
    ),
    500: (
        "Something broke on our side",
        "Nothing was half-written. The server's log says what happened; try again in a moment.",
    ),
}


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer what cannot be read."""
    return _answer(request, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer who lacks the role."""
    return _answer(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer where nothing is."""
    return _answer(request, 404)


def broken(request: HttpRequest) -> HttpResponse:
    """Answer where we failed, with as little as can fail again."""
    error = sys.exc_info()[1]
    _log.error("a page broke", exc_info=error, extra={"path": request.path})
    heading, text = _WORDS[500]
    page = render_to_string("console/broken.html", {"heading": heading, "text": text})
    return HttpResponse(page, status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form that does not come from one of our pages, or from one that is too old."""
    values = {
        "heading": "This page was open for too long",
        "text": "Go back, load it again, and send it once more. Nothing was changed.",
    }
    return render_template(request, "console/error.html", values, status=403)


def _answer(request: HttpRequest, status: int) -> HttpResponse:
    heading, text = _WORDS[status]
    values: dict[str, Any] = {"heading": heading, "text": text}
    with contextlib.suppress(DatabaseError, InterfaceError, AttributeError):
        values["asker"] = asker_of(request)
    return render_template(request, "console/error.html", values, status=status)
