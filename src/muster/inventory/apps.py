"""Django's registration of this package."""

from django.apps import AppConfig


class InventoryConfig(AppConfig):
    """The inventory."""

    name = "muster.inventory"
    label = "inventory"
