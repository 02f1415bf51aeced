"""Assets and what each source says of them."""

import uuid
from typing import ClassVar

from django.db import models

from muster.inventory.models.feeds import Feed
from muster.organizations.models import Organization, Site


class Asset(models.Model):
    """One machine. Everything here follows from its records and can be derived again.

    `source_mask` has bit N set for source N (console.md section 1.4; custom sources share bit 0).
    `changed_at` is when its history last told a change, None as long as it is as it was found.
    """

    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="+", db_index=False)
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=300, blank=True)
    os = models.CharField(max_length=300, blank=True)
    os_version = models.CharField(max_length=300, blank=True)
    device_type = models.CharField(max_length=100, blank=True)
    hardware = models.CharField(max_length=300, blank=True)
    hardware_vendor = models.CharField(max_length=200, blank=True)
    source_mask = models.BigIntegerField(default=0)
    source_count = models.SmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)
    is_scanned = models.BooleanField(default=False)
    is_alive = models.BooleanField(default=False)
    first_seen = models.BigIntegerField()
    last_seen = models.BigIntegerField()
    created_at = models.BigIntegerField()
    updated_at = models.BigIntegerField()
    changed_at = models.BigIntegerField(null=True)

    class Meta:
        """The orders in which pages of assets are read."""

        indexes: ClassVar = [
            models.Index(fields=["organization", "last_seen", "id"], name="asset_by_last_seen"),
            models.Index(fields=["organization", "site"], name="asset_by_site"),
            # Only what has changed since it was first seen is in this index.
            models.Index(
                fields=["organization", "changed_at"],
                name="asset_by_changed_at",
                condition=models.Q(changed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        """The name."""
        return self.name


class AssetSource(models.Model):
    """What one source says of one asset, and why it was taken for that asset.

    The record itself is in the table `asset_source_record`, read and written whole. `digest` is
    the hash of it, so that an unchanged record costs no write but of its `last_seen` and `run`.
    `gone_at` is set when a complete run no longer saw it; `is_deselected` says that this was the
    first one under other settings, so that it may well be in its source still. `match_rule`
    (`new`, `by-hand`, or that of a dimension in `correlate/keys.py`) says why it belongs to its
    asset, `match_key` the value that matched and `match_record` the other record that has it,
    `matched_at` since when. `match_keys` are all its keys and `standing` how it stands in its
    source, both as JSON. `superseded_by` is the newer record of its source, if the device was set
    up anew.
    `asset` is None while unknown assets are excluded and no scan has seen this one: it is then
    in no list and no count, but a later scan finds it.
    """

    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    feed = models.ForeignKey(Feed, on_delete=models.CASCADE, related_name="+", db_index=False)
    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="records", null=True)
    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="+", db_index=False)
    source_id = models.SmallIntegerField()
    foreign_id = models.CharField(max_length=300)
    digest = models.BigIntegerField()
    os_family = models.CharField(max_length=20, blank=True)
    match_rule = models.CharField(max_length=20)
    match_key = models.CharField(max_length=300, blank=True)
    match_record = models.BigIntegerField(null=True)
    match_keys = models.TextField(default="[]")
    standing = models.TextField(default="", db_default="", blank=True)
    superseded_by = models.BigIntegerField(null=True)
    matched_at = models.BigIntegerField()
    first_seen = models.BigIntegerField()
    last_seen = models.BigIntegerField()
    gone_at = models.BigIntegerField(null=True)
    is_deselected = models.BooleanField(default=False, db_default=False)
    run_id = models.BigIntegerField(default=0)

    class Meta:
        """A foreign id means one record, in its feed."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "feed", "foreign_id"], name="asset_source_is_unique"
            )
        ]

    def __str__(self) -> str:
        """The foreign id."""
        return self.foreign_id
