"""Rows of custom integrations. They hold in all organizations, as sources do."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models.functions import Lower

LONGEST_NAME = 60
"""As long as the name of a source may be: it is one."""


class CustomIntegration(models.Model):
    """A source of a person's own. `name` stands in its attributes: `@name.custom.owner`."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=LONGEST_NAME)
    description = models.TextField(blank=True)
    icon = models.BinaryField(null=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=300)
    created_by_id = models.UUIDField(null=True)
    updated_at = models.DateTimeField()

    class Meta:
        """Two of one name would be taken for each other."""

        constraints: ClassVar = [
            models.UniqueConstraint(Lower("name"), name="custom_integration_name_is_unique")
        ]

    def __str__(self) -> str:
        """The name."""
        return self.name
