"""Django's registration of this package."""

from django.apps import AppConfig


class TokensConfig(AppConfig):
    """Tokens and clients of the API."""

    name = "muster.tokens"
    label = "tokens"
