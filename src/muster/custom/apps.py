"""Django's registration of this package."""

from django.apps import AppConfig


class CustomConfig(AppConfig):
    """Custom integrations."""

    name = "muster.custom"
    label = "custom"
