"""Django's registration of this package."""

from django.apps import AppConfig


class CredentialsConfig(AppConfig):
    """Encrypted credentials."""

    name = "muster.credentials"
    label = "credentials"
