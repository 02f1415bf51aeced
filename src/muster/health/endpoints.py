"""What machines ask over HTTP: whether we live, whether we can answer, and the figures."""

import ipaddress
import secrets
from dataclasses import asdict
from datetime import UTC, datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from muster.health import checks
from muster.health.figures import figures
from muster.health.metrics import CONTENT_TYPE
from muster.health.metrics import metrics as text_of

_FORWARDED = ("HTTP_FORWARDED", "HTTP_X_FORWARDED_FOR", "HTTP_X_REAL_IP")


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Say that this process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Say whether requests can be answered; 503 if not."""
    found = checks.readiness()
    is_ready = all(each.ok for each in found)
    document = {"ready": is_ready, "checks": [asdict(each) for each in found]}
    return JsonResponse(document, status=200 if is_ready else 503)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Give the figures to whoever has the token or, where none is set, asks from this machine."""
    if not _may_read_metrics(request):
        return HttpResponse(
            "Set MUSTER_METRICS_TOKEN and send it as 'Authorization: Bearer TOKEN', "
            "or ask from the same machine without a proxy.\n",
            status=403,
            content_type="text/plain; charset=utf-8",
        )
    at = datetime.now(UTC)
    found = checks.health(at=at)
    is_ready = all(each.ok for each in found if each.is_needed)
    text = text_of(found, figures(at=at) if is_ready else None)
    return HttpResponse(text, content_type=CONTENT_TYPE)


def _may_read_metrics(request: HttpRequest) -> bool:
    if token := settings.METRICS_TOKEN:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
        return secrets.compare_digest(given.encode(), token.encode())
    # Behind a proxy on this machine everybody seems to ask from here.
    return _is_loopback(request.META.get("REMOTE_ADDR", "")) and not any(
        name in request.META for name in _FORWARDED
    )


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
