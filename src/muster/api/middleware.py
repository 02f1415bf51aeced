"""Around every answer of the API: sizes, usage, and JSON also where Django itself refuses."""

import re
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from muster.api.problems import TITLES, problem_response
from muster.tokens.usage import Usage

ROOT = "/api/v1.0/"
_NUL = re.compile("%00|\0")


class ApiMiddleware:
    """Does nothing outside of the API's root."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Wrap the rest of the chain."""
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer."""
        if not request.path.startswith(ROOT):
            return self._get_response(request)
        refused = _refused(request)
        response = refused or _in_json(self._get_response(request))
        response.headers["X-Content-Type-Options"] = "nosniff"
        if (usage := getattr(request, "api_usage", None)) is not None:
            _say(response, usage)
        return response


def _refused(request: HttpRequest) -> HttpResponse | None:
    length = request.META.get("CONTENT_LENGTH") or "0"
    largest = settings.API_LARGEST_UPLOAD
    if not (length.isascii() and length.isdigit()):
        return problem_response(400, "Content-Length is no number")
    if int(length[:20]) > largest:
        return problem_response(413, f"a request has at most {largest // 2**20} MB")
    # No database holds it, and nobody means it.
    if _NUL.search(request.META.get("QUERY_STRING", "")) or "\0" in request.path:
        return problem_response(400, "the address holds a NUL character")
    return None


def _in_json(response: HttpResponseBase) -> HttpResponseBase:
    """Return the same answer, with a body that every client reads if it is no good."""
    if response.status_code < 400 or "json" in response.headers.get("Content-Type", ""):  # noqa: PLR2004
        return response
    status = response.status_code
    kept = {name: response.headers[name] for name in ("Allow",) if name in response.headers}
    detail = "there is nothing at this address" if status == 404 else TITLES.get(status, "refused")  # noqa: PLR2004
    return problem_response(status, detail, headers=kept)


def _say(response: HttpResponseBase, usage: Usage) -> None:
    """Say how much was asked; existing clients want all four, as numbers."""
    response.headers["X-API-Usage-Limit"] = str(usage.limit or usage.today + usage.remaining)
    response.headers["X-API-Usage-Remaining"] = str(usage.remaining)
    response.headers["X-API-Usage-Today"] = str(usage.today)
    response.headers["X-API-Usage-Total"] = str(usage.total)
