"""What the query box and the list load after the page: suggestions, keywords, facets, counts."""

from dataclasses import dataclass

from django.http import HttpResponse, JsonResponse

from muster.console.listing.asked import Asked, asked_of
from muster.console.listing.kinds import By, kind_of
from muster.console.listing.terms import narrowed
from muster.console.needs import Need
from muster.console.pages import page, render
from muster.console.requests import PageRequest
from muster.core.errors import QueryError
from muster.inventory.facet import Facet
from muster.inventory.search.completing import complete
from muster.inventory.selectors import kept_facets
from muster.query.catalogue import catalogue
from muster.search import count, facets

MOST_VALUES = 8
_MOST_SUGGESTED = 12


@dataclass(frozen=True, slots=True)
class Narrowing:
    """One value to narrow a list down to, where that leads, and how many would be left."""

    value: str
    number: int
    path: str
    percent: int


@dataclass(frozen=True, slots=True)
class ShownFacet:
    """One facet; `more` is how many further values there are."""

    label: str
    values: list[Narrowing]
    missing: Narrowing | None
    more: int


@page(Need.READ)
def completion(request: PageRequest) -> HttpResponse:
    """Return what may stand at the cursor of a query, as JSON."""
    kind = kind_of(request.GET.get("of", ""))
    text = request.GET.get("text", "")
    given = request.GET.get("cursor", "")
    # Django has bounded the query string; a number of ten digits is no place in it.
    cursor = int(given) if given.isascii() and given.isdigit() and len(given) < 10 else len(text)  # noqa: PLR2004
    found = complete(
        request.asker.scope, text, cursor, inventory=kind.inventory, most=_MOST_SUGGESTED
    )
    suggestions = [
        {
            "text": each.text,
            "kind": each.kind.value,
            "help": each.help,
            "type": each.type,
            "example": each.example,
        }
        for each in found.suggestions
    ]
    return JsonResponse({"start": found.start, "end": found.end, "suggestions": suggestions})


@page(Need.READ)
def keywords(request: PageRequest) -> HttpResponse:
    """Show every keyword of an inventory with what it takes."""
    kind = kind_of(request.GET.get("of", ""))
    known = catalogue(kind.inventory)
    values = {"kind": kind, "keywords": known.known(), "has_attributes": known.has_attributes}
    return render(request, "pages/inventory/keywords.html", values)


@page(Need.READ)
def facet_list(request: PageRequest) -> HttpResponse:
    """Show how many of what is found have each value of a few things."""
    asked = asked_of(request, kind_of(request.GET.get("of", "")), request.GET.dict())
    shown = [each for by in asked.kind.facets if (each := _facet(request, asked, by)) is not None]
    return render(request, "pages/inventory/facets.html", {"facets": shown, "asked": asked})


@page(Need.READ)
def exact_count(request: PageRequest) -> HttpResponse:
    """Say exactly how many a query matches."""
    asked = asked_of(request, kind_of(request.GET.get("of", "")), request.GET.dict())
    scope, now = request.asker.scope, request.asker.at
    try:
        found = count(scope, asked.kind.inventory, asked.search, now=now, is_exact=True)
    except QueryError as error:
        return HttpResponse(error.message, status=422, content_type="text/plain")
    return HttpResponse(asked.kind.counted(found.number), content_type="text/plain")


def _facet(request: PageRequest, asked: Asked, by: By) -> ShownFacet | None:
    found = _kept(request, asked, by) or _counted(request, asked, by)
    if found is None or not found.values:
        return None
    most = max(each.number for each in found.values)
    values = [
        _narrowing(asked, by, each.value, each.number, most) for each in found.values[:MOST_VALUES]
    ]
    missing = _narrowing(asked, by, "", found.missing, most) if found.missing else None
    more = found.other_values + max(0, len(found.values) - MOST_VALUES)
    return ShownFacet(by.label, values, missing, more)


def _kept(request: PageRequest, asked: Asked, by: By) -> Facet | None:
    """Return what the last ingest counted of all assets: nothing is counted for the first page."""
    if asked.search or asked.kind.inventory != "assets":
        return None
    return kept_facets(request.asker.scope).facets.get(by.keyword)


def _counted(request: PageRequest, asked: Asked, by: By) -> Facet | None:
    scope, now = request.asker.scope, request.asker.at
    try:
        return facets(
            scope, asked.kind.inventory, asked.search, now=now, by=by.keyword, most=MOST_VALUES
        )
    except QueryError:
        # What cannot be counted, such as an attribute that nothing has, is no way to narrow down.
        return None


def _narrowing(asked: Asked, by: By, value: str, number: int, most: int) -> Narrowing:
    path = asked.path(search=narrowed(asked.search, by.keyword, value))
    return Narrowing(value or "none", number, path, max(1, round(100 * number / max(1, most))))
