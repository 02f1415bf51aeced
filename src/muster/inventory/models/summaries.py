"""What is kept so that it need not be computed again: facets, and when a feed was last whole."""

from typing import ClassVar

from django.db import models

from muster.inventory.models.feeds import Feed
from muster.organizations.models import Organization


class KeptFacet(models.Model):
    """One facet of all assets of an organization, as the end of an ingest left it.

    `values` are pairs of a value and its number, the biggest first. Sources are kept by their
    number, combinations of them by their mask.
    """

    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    facet = models.CharField(max_length=20)
    values = models.JSONField(default=list)
    total = models.BigIntegerField()
    missing = models.BigIntegerField()
    other_values = models.BigIntegerField()
    counted_at = models.BigIntegerField()

    class Meta:
        """Each facet is there once."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "facet"], name="kept_facet_is_unique")
        ]

    def __str__(self) -> str:
        """Which it is."""
        return self.facet


class CollectionSync(models.Model):
    """When one collection of a feed was last reported: as complete, and as incomplete.

    Both are the starts of the runs: what changed behind one may have been missed. None means
    never. `error` is why the last incomplete one was. `settings` are those of the last complete
    one as JSON, text to text; "" where nobody said any.
    """

    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    feed = models.ForeignKey(Feed, on_delete=models.CASCADE, related_name="+", db_index=False)
    collection = models.CharField(max_length=20)
    complete_at = models.BigIntegerField(null=True)
    incomplete_at = models.BigIntegerField(null=True)
    error = models.TextField(blank=True)
    settings = models.TextField(default="", db_default="", blank=True)

    class Meta:
        """A feed has each collection once."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "feed", "collection"], name="collection_sync_is_unique"
            )
        ]

    def __str__(self) -> str:
        """The collection."""
        return self.collection
