"""Where records come from, and what their attributes are called."""

from typing import ClassVar

from django.db import models

from muster.organizations.models import Organization


class Feed(models.Model):
    """One world that one source opens: a tenant of a directory, or the scans of a site.

    Foreign ids are unique within it, and only a complete run of it lets its records expire.
    `reader` is the credential (its uid) by which it was last read whole, "" where none was needed.
    `left_at` is since when that credential opens another world, in Unix seconds: what is known of
    this one stays, and is no longer synced. `excludes_unknown` is what the task that read it last
    makes of assets that no scan has seen. `is_unsettled` says that memberships came or went, or
    things that they may be of, since the users of groups were counted.
    """

    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="feeds", db_index=False
    )
    source = models.CharField(max_length=60)
    source_id = models.SmallIntegerField()
    instance = models.CharField(max_length=200)
    reader = models.CharField(max_length=60, default="", db_default="", blank=True)
    left_at = models.BigIntegerField(null=True)
    excludes_unknown = models.BooleanField(default=False, db_default=False)
    is_unsettled = models.BooleanField(default=False, db_default=False)

    class Meta:
        """A feed is known by where it comes from."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "source", "instance"], name="feed_is_unique"
            )
        ]

    def __str__(self) -> str:
        """Source and instance."""
        return f"{self.source}:{self.instance}"


class Inventory(models.IntegerChoices):
    """Which inventory a key or attribute belongs to."""

    ASSETS = 1
    USERS = 2
    GROUPS = 3
    SERVICES = 4


class AttributeKey(models.Model):
    """The name of an attribute, such as `@azuread.dev.displayName`, and its number.

    Names of our own columns start with an underscore: `_asset.os`, `_user.email`.
    """

    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    inventory = models.SmallIntegerField(choices=Inventory.choices)
    name = models.CharField(max_length=300)
    folded = models.CharField(max_length=300)

    class Meta:
        """One number per name; lookups fold case."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "inventory", "name"], name="attribute_key_is_unique"
            )
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["organization", "inventory", "folded"], name="attribute_key_folded"
            )
        ]

    def __str__(self) -> str:
        """The name."""
        return self.name
