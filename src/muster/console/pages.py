"""Declaring a view: what it needs, and what becomes of our own errors."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeVar, cast
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render as render_template
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from muster.accounts.services import is_first_run
from muster.accounts.sessions import keep_alive
from muster.console.needs import Need
from muster.console.requests import Asker, PageRequest, asker_of
from muster.core.errors import ConfigError

T = TypeVar("T")
View = Callable[..., HttpResponse]


def page(need: Need, *, methods: tuple[str, ...] = ("GET",)) -> Callable[[View], View]:
    """Declare a view with the least that it needs of whoever asks.

    Whoever is not signed in is sent to sign in; whoever lacks the role gets 403; the view is
    called with `request.asker` filled. `methods` are those that it answers.
    """

    def declare(view: View) -> View:
        @require_http_methods([*methods, "HEAD"] if "GET" in methods else list(methods))
        @wraps(view)
        def called(request: HttpRequest, **given: Any) -> HttpResponse:
            if need.is_public:
                return view(request, **given)
            asker = asker_of(request)
            if asker is None:
                return _sent_to_sign_in(request)
            keep_alive(request.session, at=asker.at)
            asked = cast("PageRequest", request)
            asked.asker = asker
            _check(asker, need)
            return view(asked, **given)

        called.need = need  # type: ignore[attr-defined] # what the walk of all URLs asks for
        called.methods = methods  # type: ignore[attr-defined] # likewise
        return called

    return declare


def render(
    request: HttpRequest, template: str, values: Mapping[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """Return a page of the console."""
    return render_template(request, f"console/{template}", dict(values or {}), status=status)


def go_to(request: HttpRequest, name: str, **given: Any) -> HttpResponse:
    """Send the browser to a page by its name, also where HTMX asked."""
    return send(request, reverse(name, kwargs=given or None))


def send(request: HttpRequest, path: str) -> HttpResponse:
    """Send the browser to a path of ours, also where HTMX asked."""
    if getattr(request, "htmx", False):
        return HttpResponse(status=204, headers={"HX-Redirect": path})
    return HttpResponseRedirect(path)


def found(find: Callable[[], T]) -> T:
    """Return what was looked for by an id of the address; 404 where there is none."""
    try:
        return find()
    except ConfigError as error:
        raise Http404(error.message) from error


def _check(asker: Asker, need: Need) -> None:
    if need.is_scoped and (asker.organization is None or not asker.may(need)):
        raise PermissionDenied


def _sent_to_sign_in(request: HttpRequest) -> HttpResponse:
    if is_first_run():
        return go_to(request, "setup")
    back = request.get_full_path() if request.method == "GET" else "/"
    if getattr(request, "htmx", False):
        back = request.htmx.current_url_abs_path or "/"  # type: ignore[attr-defined]
    query = "" if back == "/" else "?" + urlencode({"next": back})
    return send(request, reverse("sign-in") + query)
