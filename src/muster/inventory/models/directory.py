"""People and groups of directories. People of the console are accounts."""

import uuid
from typing import ClassVar

from django.db import models

from muster.inventory.models.feeds import Feed
from muster.organizations.models import Organization


class DirectoryEntry(models.Model):
    """What users and groups have in common: whence they come and when they were seen.

    The record itself is in the table `<table>_record`, read and written whole. `gone_at` and
    `is_deselected` are those of an AssetSource.
    """

    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    feed = models.ForeignKey(Feed, on_delete=models.CASCADE, related_name="+", db_index=False)
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    source_id = models.SmallIntegerField()
    foreign_id = models.CharField(max_length=300)
    name = models.CharField(max_length=400, blank=True)
    display_name = models.CharField(max_length=400, blank=True)
    email = models.CharField(max_length=400, blank=True)
    digest = models.BigIntegerField()
    first_seen = models.BigIntegerField()
    last_seen = models.BigIntegerField()
    updated_at = models.BigIntegerField()
    changed_at = models.BigIntegerField(null=True)
    gone_at = models.BigIntegerField(null=True)
    is_deselected = models.BooleanField(default=False, db_default=False)
    run_id = models.BigIntegerField(default=0)

    class Meta:
        """Only the concrete ones have tables."""

        abstract = True

    def __str__(self) -> str:
        """The display name."""
        return self.display_name


class DirectoryUser(DirectoryEntry):
    """A person or account of a directory."""

    title = models.CharField(max_length=400, blank=True)
    department = models.CharField(max_length=400, blank=True)
    is_active = models.BooleanField(default=True)
    last_logon = models.BigIntegerField(null=True)

    class Meta:
        """A foreign id means one user, in its feed."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "feed", "foreign_id"], name="directory_user_is_unique"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "foreign_id"], name="directory_user_ref"),
            models.Index(
                fields=["organization", "changed_at"],
                name="directory_user_changed",
                condition=models.Q(changed_at__isnull=False),
            ),
        ]


class DirectoryGroup(DirectoryEntry):
    """A group of a directory; `user_count` is how many users are its direct members."""

    description = models.TextField(blank=True)
    user_count = models.IntegerField(default=0)

    class Meta:
        """A foreign id means one group, in its feed."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "feed", "foreign_id"], name="directory_group_is_unique"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "foreign_id"], name="directory_group_ref"),
            models.Index(
                fields=["organization", "changed_at"],
                name="directory_group_changed",
                condition=models.Q(changed_at__isnull=False),
            ),
        ]
