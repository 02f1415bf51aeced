"""Choosing the organization that is looked at."""

from django.http import Http404, HttpResponse

from muster.console.needs import Need
from muster.console.pages import page, send
from muster.console.requests import ORGANIZATION, PageRequest


@page(Need.ACCOUNT, methods=("POST",))
def choose(request: PageRequest) -> HttpResponse:
    """Look at another organization from now on; only at one in which the account has a role."""
    wanted = request.POST.get("organization", "")
    if wanted not in {str(each.uid) for each in request.asker.organizations}:
        raise Http404("there is no such organization")
    request.session[ORGANIZATION] = wanted
    return send(request, "/")
