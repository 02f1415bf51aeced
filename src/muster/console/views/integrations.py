"""Where data can come from, and the way through setting Entra ID up."""

from django.http import HttpResponse, QueryDict

from muster.console.needs import Need
from muster.console.pages import page, render
from muster.console.requests import PageRequest
from muster.console.views.credentials import credential_form
from muster.core.source import Source
from muster.credentials.selectors import visible
from muster.integrations import registry
from muster.integrations.entra.portal import STEPS
from muster.tasks.selectors import task_entries

_GUIDES = {"azuread": "entra-setup"}
"""Pages that lead through setting a source up; a source without one has its form alone."""

_ICONS = {"azuread": "brand-azure"}


@page(Need.READ)
def integrations(request: PageRequest) -> HttpResponse:
    """Show every source that one can sign in to, and what of it is set up."""
    sources = [each for each in registry.SOURCES.values() if each.credential_types]
    cards = [_card(request, each) for each in sources]
    return render(request, "pages/integrations.html", {"cards": cards})


@page(Need.CHANGE_TASKS)
def entra_setup(request: PageRequest) -> HttpResponse:
    """Lead through registering an application, with the credential's form at the end."""
    posted = QueryDict(mutable=True)
    posted["type"] = request.GET.get("type", "azure_client_secret")
    values = {**credential_form(posted), "steps": STEPS, "then": "connect"}
    return render(request, "pages/entra_setup.html", values)


def _card(request: PageRequest, source: Source) -> dict[str, object]:
    scope = request.asker.scope
    kinds = [each.name for each in source.credential_types]
    tasks = [each.fields for each in task_entries(scope) if each.fields["source"] == source.name]
    return {
        "source": source,
        "icon": _ICONS.get(source.name, "plug"),
        "guide": _GUIDES.get(source.name, ""),
        "brings": ", ".join(str(each) for each in source.collections),
        "credentials": visible(scope).filter(type__in=kinds).count(),
        "tasks": [each for each in tasks if each["status"] != "removed"],
        "may_change": request.asker.may(Need.CHANGE_TASKS),
    }
