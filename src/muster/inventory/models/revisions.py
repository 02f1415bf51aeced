"""What changed the inventory: one run in one feed, or one act of a person."""

from typing import ClassVar

from django.db import models

from muster.inventory.models.feeds import Feed
from muster.organizations.models import Organization


class Revision(models.Model):
    """One run of one feed that changed something, or one act of a person.

    Rows of the history name it instead of who, what and when. An act has no feed: `act` is what
    was done (`merge`, `split`, `remove-source`, `move`, `undo`, `retention`), by `made_by`. With
    `is_open`, relations came or went in it that no row of the history tells yet.
    """

    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    feed = models.ForeignKey(
        Feed, on_delete=models.CASCADE, related_name="+", null=True, db_index=False
    )
    run_id = models.BigIntegerField(default=0)
    at = models.BigIntegerField()
    act = models.CharField(max_length=20, blank=True)
    made_by = models.CharField(max_length=300, blank=True)
    note = models.TextField(blank=True)
    is_open = models.BooleanField(default=False)

    class Meta:
        """A run is one revision in a feed, however often it is resumed."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "feed", "run_id", "at"], name="revision_is_unique"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "run_id"], name="revision_by_run"),
            models.Index(fields=["organization", "at"], name="revision_by_time"),
        ]

    def __str__(self) -> str:
        """The act, or the run."""
        return self.act or f"run {self.run_id}"
