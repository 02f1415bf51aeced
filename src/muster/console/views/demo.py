"""Loading the demo from the console, and watching it load."""

from django.http import HttpResponse

from muster.console.needs import Need
from muster.console.pages import go_to, page, render
from muster.console.requests import PageRequest
from muster.demo import beside


@page(Need.CHANGE_TASKS, methods=("POST",))
def load(request: PageRequest) -> HttpResponse:
    """Begin to load the invented company into this organization."""
    beside.start(request.asker.scope)
    return go_to(request, "demo")


@page(Need.READ)
def demo(request: PageRequest) -> HttpResponse:
    """Show how far it is; the page asks again until it is there."""
    scope = request.asker.scope
    values = {"standing": beside.standing(scope).value, "said": beside.said(scope)}
    return render(request, "pages/demo.html", values)
