"""Queries that people saved."""

import uuid
from typing import ClassVar

from django.db import models

from muster.organizations.models import Organization


class SavedQuery(models.Model):
    """A query with a name, for everybody in the organization.

    `folded` is the name without case, as it is compared. `created_by` is a name, as accounts go.
    """

    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=200)
    folded = models.CharField(max_length=600)
    description = models.TextField(blank=True)
    inventory = models.CharField(max_length=30)
    text = models.TextField(blank=True)
    created_at = models.BigIntegerField()
    updated_at = models.BigIntegerField()
    created_by = models.CharField(max_length=300)

    class Meta:
        """Two queries of one name would be taken for each other."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "inventory", "folded"], name="saved_query_is_unique"
            )
        ]

    def __str__(self) -> str:
        """The name."""
        return self.name
