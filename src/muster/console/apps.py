"""Django's registration of this package, for its templates and static files."""

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    """Pages; it has no rows."""

    name = "muster.console"
    label = "console"
