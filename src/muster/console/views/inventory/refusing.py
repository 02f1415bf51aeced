"""Saying that something cannot be done as it was asked for."""

from django.http import HttpResponse

from muster.console.pages import render
from muster.console.requests import PageRequest
from muster.core.errors import MusterError

_PART = "pages/inventory/refused.html"
_PAGE = "pages/inventory/refused_page.html"


def refused(request: PageRequest, error: MusterError) -> HttpResponse:
    """Return the sentence, as a dialog's content where HTMX asked and else as a page."""
    is_part = bool(request.htmx)  # type: ignore[attr-defined] # set by its middleware
    return render(request, _PART if is_part else _PAGE, {"problem": error}, status=422)
