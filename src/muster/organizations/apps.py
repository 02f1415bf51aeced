"""Django's registration of this package."""

from django.apps import AppConfig


class OrganizationsConfig(AppConfig):
    """Organizations and sites."""

    name = "muster.organizations"
    label = "organizations"
