"""Django's registration of this package."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People of the console."""

    name = "muster.accounts"
    label = "accounts"
