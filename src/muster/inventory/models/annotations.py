"""What people say of assets: tags, comments, how critical they are, and who owns them."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models.functions import Lower

from muster.organizations.models import Organization

LONGEST_NAME = 200


class AnnotationKind(models.IntegerChoices):
    """What an annotation is."""

    TAG = 1
    COMMENTS = 2
    CRITICALITY = 3
    OWNER = 4


class Annotation(models.Model):
    """One thing that a person said of an asset; sources cannot change it.

    `asset_key` is the asset's key: there is no constraint, as assets come and go by set-based
    statements, which take annotations with them where assets merge. `name` is a tag's key or the
    id of an ownership type, `value` a tag's value, an owner, or the text itself.
    """

    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    asset_key = models.BigIntegerField()
    kind = models.SmallIntegerField(choices=AnnotationKind.choices)
    name = models.CharField(max_length=LONGEST_NAME, blank=True)
    value = models.TextField(blank=True)
    made_by = models.CharField(max_length=300)
    made_at = models.BigIntegerField()

    class Meta:
        """An asset has one value of each."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "asset_key", "kind", "name"], name="annotation_is_unique"
            )
        ]

    def __str__(self) -> str:
        """Name and value."""
        return f"{self.name}={self.value}"


class OwnershipType(models.Model):
    """A way to own an asset, in all organizations: business owner, IT owner.

    `reference` says to what an owner of it refers (0 nothing, 1 a user, 2 a group), `position` the
    order in lists.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=LONGEST_NAME)
    reference = models.IntegerField(default=0)
    position = models.IntegerField(default=0)
    is_hidden = models.BooleanField(default=False)

    class Meta:
        """Two of one name would be taken for each other."""

        constraints: ClassVar = [
            models.UniqueConstraint(Lower("name"), name="ownership_type_name_is_unique")
        ]

    def __str__(self) -> str:
        """The name."""
        return self.name
