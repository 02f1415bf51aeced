"""Django's registration of this package."""

from django.apps import AppConfig


class TasksConfig(AppConfig):
    """Tasks and their runs."""

    name = "muster.tasks"
    label = "tasks"
