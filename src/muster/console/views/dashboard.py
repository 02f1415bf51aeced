"""The first page: what there is, and who knows of it."""

from django.http import HttpResponse

from muster.console.needs import Need
from muster.console.pages import page, render
from muster.console.requests import PageRequest
from muster.inventory.selectors import coverage


@page(Need.READ)
def dashboard(request: PageRequest) -> HttpResponse:
    """Show the counts."""
    return render(request, "pages/dashboard.html", {"counts": coverage(request.asker.scope)})
