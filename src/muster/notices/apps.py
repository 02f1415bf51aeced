"""Django's registration of this package."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """Events, channels, rules and what is to be sent."""

    name = "muster.notices"
    label = "notices"
