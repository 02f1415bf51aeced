"""The first page: what there is, who knows of it, and how it came about."""

from django.http import HttpResponse

from muster.console import figures
from muster.console.needs import Need
from muster.console.pages import page, render
from muster.console.requests import PageRequest
from muster.core.errors import MusterError
from muster.inventory.selectors import coverage, kept_facets, last_syncs


@page(Need.READ)
def dashboard(request: PageRequest) -> HttpResponse:
    """Show the counts and pictures that are kept, and leave a place for those that are counted."""
    asker = request.asker
    counts = coverage(asker.scope)
    values = {
        "counts": counts,
        "picture": figures.coverage_picture(counts),
        "os": figures.facet_bars(kept_facets(asker.scope), "os"),
        "types": figures.facet_bars(kept_facets(asker.scope), "type"),
        "runs": figures.run_columns(asker.scope),
        "growth": figures.growth_columns(asker.scope, at=asker.at),
        "syncs": last_syncs(asker.scope),
        "may_begin": asker.may(Need.CHANGE_TASKS),
    }
    return render(request, "pages/dashboard.html", values)


@page(Need.READ)
def directory(request: PageRequest) -> HttpResponse:
    """Show what is counted when it is asked for: trust types, and ages of last sign-ins."""
    asker = request.asker
    values: dict[str, object] = {}
    try:
        values["ages"] = figures.sign_in_ages(asker.scope, at=asker.at)
        values["trust"] = figures.trust_types(asker.scope, at=asker.at)
    except MusterError as error:
        values["problem"] = error
    return render(request, "parts/directory.html", values)
