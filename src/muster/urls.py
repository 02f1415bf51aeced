"""Where each face is mounted: one line each.

The REST API (`muster.api`) is mounted at `api/v1.0/`, what Explorers ask at `api/explorer/`.
"""

from django.urls import path

from muster.health import endpoints

urlpatterns = [
    path("healthz", endpoints.healthz, name="healthz"),
    path("readyz", endpoints.readyz, name="readyz"),
    path("metrics", endpoints.metrics, name="metrics"),
    # Programs: the REST API (muster.api.urls at "api/v1.0/").
    # Explorers: their endpoint (at "api/explorer/").
    # People: the console (muster.console.urls at "").
]
