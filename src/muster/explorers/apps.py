"""Django's entry for Explorers."""

from django.apps import AppConfig


class ExplorersConfig(AppConfig):
    """Explorers, their groups, and the plans that they are at."""

    name = "muster.explorers"
    label = "explorers"
