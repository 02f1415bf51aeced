"""Queries with a name: listed, saved, deleted."""

from django.http import HttpResponse

from muster.console.listing.asked import Asked, asked_of
from muster.console.listing.kinds import kind_of
from muster.console.needs import Need
from muster.console.pages import page, render, send
from muster.console.requests import PageRequest
from muster.console.toasts import toast
from muster.core.errors import ConfigError, QueryError
from muster.inventory.saved_queries import create_query, delete_query, list_queries

_TEMPLATE = "pages/inventory/queries.html"


@page(Need.READ)
def saved(request: PageRequest) -> HttpResponse:
    """Show the queries of an inventory, and the form that saves the one that is asked."""
    asked = _asked(request, request.GET.dict())
    return render(request, _TEMPLATE, _values(request, asked))


@page(Need.CHANGE_INVENTORY, methods=("POST",))
def save(request: PageRequest) -> HttpResponse:
    """Save the query that is asked under a name."""
    asked = _asked(request, request.POST.dict())
    name, description = request.POST.get("name", ""), request.POST.get("description", "")
    asker, of = request.asker, asked.kind.inventory
    try:
        made = create_query(
            asker.scope, name, asked.search, at=asker.at, inventory=of, description=description
        )
    except (ConfigError, QueryError) as error:
        values = {**_values(request, asked), "problem": error, "name": name}
        return render(request, _TEMPLATE, values, status=422)
    toast(request, f"The query “{made.name}” is saved.")
    return send(request, asked.path())


@page(Need.CHANGE_INVENTORY, methods=("POST",))
def delete(request: PageRequest) -> HttpResponse:
    """Delete a query of that name."""
    asked = _asked(request, request.POST.dict())
    try:
        gone = delete_query(
            request.asker.scope, request.POST.get("name", ""), inventory=asked.kind.inventory
        )
    except ConfigError as error:
        values = {**_values(request, asked), "problem": error}
        return render(request, _TEMPLATE, values, status=422)
    toast(request, f"The query “{gone.name}” is deleted.")
    return send(request, asked.path())


def _asked(request: PageRequest, given: dict[str, str]) -> Asked:
    return asked_of(request, kind_of(given.get("of", "")), given)


def _values(request: PageRequest, asked: Asked) -> dict[str, object]:
    found = list_queries(request.asker.scope, inventory=asked.kind.inventory)
    rows = [(each, asked.path(search=each.text, sort="")) for each in found]
    return {
        "asked": asked,
        "queries": rows,
        "may_change": request.asker.role.may_change_inventory(),
    }
