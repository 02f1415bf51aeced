"""Rows of organizations and sites."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models.functions import Lower

from muster.accounts.models import Account
from muster.accounts.roles import Role

DEFAULT_ORGANIZATION = "Default"
DEFAULT_SITE = "Primary"


class Organization(models.Model):
    """An isolated tenant of assets, credentials and tasks."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    created_at = models.DateTimeField()

    class Meta:
        """Two organizations of one name would be taken for each other."""

        constraints: ClassVar = [
            models.UniqueConstraint(Lower("name"), name="organization_name_is_unique")
        ]

    def __str__(self) -> str:
        """The name."""
        return self.name


class Site(models.Model):
    """A place of one organization; assets of two sites are never merged by themselves."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="sites")
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    scope = models.TextField(blank=True)
    excludes = models.TextField(blank=True)
    subnets = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        """Two sites of one name in one organization would be taken for each other."""

        constraints: ClassVar = [
            models.UniqueConstraint("organization", Lower("name"), name="site_name_is_unique")
        ]

    def __str__(self) -> str:
        """The name."""
        return self.name


class OrganizationRole(models.Model):
    """A role of one account in one organization, besides the one that it has everywhere."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="roles")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="roles")
    role = models.CharField(max_length=20, choices=Role.choices())

    class Meta:
        """One account has one role of its own in each organization."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "account"], name="one_role_per_organization"
            )
        ]

    def __str__(self) -> str:
        """The role."""
        return self.role
