"""Where each face is mounted, one line each, and what answers where none does."""

from django.urls import include, path

from muster.api.application import api
from muster.health import endpoints

urlpatterns = [
    path("healthz", endpoints.healthz, name="healthz"),
    path("readyz", endpoints.readyz, name="readyz"),
    path("metrics", endpoints.metrics, name="metrics"),
    path("api/v1.0/", api.urls),
    path("api/explorer/", include("muster.explorer_api.urls")),
    path("", include("muster.console.urls")),
]

handler400 = "muster.console.errors.bad_request"
handler403 = "muster.console.errors.forbidden"
handler404 = "muster.console.errors.not_found"
handler500 = "muster.console.errors.broken"
