"""Choosing the columns of a list."""

from django.http import HttpResponse

from muster.console.listing.asked import asked_of, names_of, remember_columns
from muster.console.listing.columns import headings
from muster.console.listing.kinds import kind_of
from muster.console.needs import Need
from muster.console.pages import page, render, send
from muster.console.requests import PageRequest
from muster.core.errors import QueryError
from muster.query.catalogue import catalogue
from muster.search import find

_TEMPLATE = "pages/inventory/columns.html"


@page(Need.READ, methods=("GET", "POST"))
def columns(request: PageRequest) -> HttpResponse:
    """Show which columns there are, and keep those that were chosen."""
    given = request.GET if request.method == "GET" else request.POST
    kind = kind_of(given.get("of", ""))
    asked = asked_of(request, kind, given.dict())
    error: QueryError | None = None
    if request.method == "POST":
        more = request.POST.get("more", "").replace(",", " ").split()
        wanted = () if "reset" in request.POST else names_of(request.POST.getlist("column") + more)
        error = _fault(request, kind.inventory, wanted)
        if error is None:
            remember_columns(request, kind, wanted)
            return send(request, asked.path())
    values = {
        "asked": asked,
        "problem": error,
        "has_attributes": _has_attributes(kind.inventory),
        "choices": _choices(kind.inventory, asked.columns),
    }
    return render(request, _TEMPLATE, values, status=422 if error else 200)


def _fault(request: PageRequest, inventory: str, names: tuple[str, ...]) -> QueryError | None:
    """Return what is wrong with the columns, found by asking for one row of them."""
    asker = request.asker
    try:
        find(asker.scope, inventory, "", now=asker.at, columns=names, page_size=1)
    except QueryError as error:
        return error
    return None


def _choices(inventory: str, chosen: tuple[str, ...]) -> list[tuple[str, str, bool]]:
    """Return names, headings and which are shown: those that are come first, in their order."""
    known = headings(inventory)
    rest = [each for each in known if each not in chosen]
    return [(each, known.get(each, each), each in chosen) for each in (*chosen, *rest)]


def _has_attributes(inventory: str) -> bool:
    return catalogue(inventory).has_attributes
