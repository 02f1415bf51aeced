"""Where somebody came from, to send them back there."""

from urllib.parse import urlsplit

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def came_from(request: HttpRequest, *, otherwise: str) -> str:
    """Return the path of the page of ours that a form was sent from, else the other one."""
    referer = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(referer, allowed_hosts={request.get_host()})
    parts = urlsplit(referer)
    if not is_ours or not parts.path.startswith("/"):
        return otherwise
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
