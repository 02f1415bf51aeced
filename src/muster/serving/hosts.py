"""Which names of this server a browser may use: others are how DNS rebinding gets in."""

import ipaddress
import socket
from collections.abc import Callable, Iterable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port


class HostMiddleware:
    """Refuses a request whose Host is neither an address, nor this machine, nor a name it was told.

    A page of a stranger can make a browser take its own name for this server's address, but not
    make it send the bare address as Host.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Wrap the rest of the chain."""
        self._get_response = get_response
        self._names = known_names(settings.HOSTS)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or refuse."""
        name, _port = split_domain_port(request.get_host())
        if is_known(name, self._names):
            return self._get_response(request)
        return HttpResponse(
            "This server does not know itself by that name. "
            "Set MUSTER_URL or MUSTER_HOSTS to it.\n",
            status=400,
            content_type="text/plain; charset=utf-8",
        )


def known_names(told: Iterable[str]) -> frozenset[str]:
    """Return the names that were told, and those that this machine has of itself."""
    own = {"localhost", socket.gethostname()}
    return frozenset(each.casefold().rstrip(".") for each in {*told, *own} if each)


def is_known(name: str, names: frozenset[str]) -> bool:
    """Return whether a Host without its port may be used."""
    folded = name.casefold().rstrip(".")
    return folded in names or _is_address(folded.strip("[]"))


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
