"""What people decided about machines."""

import uuid
from typing import ClassVar

from django.db import models

from muster.inventory.models.feeds import Feed
from muster.organizations.models import Organization, Site

MERGE, SPLIT, REMOVE = "merge", "split", "remove-source"


class MatchDecision(models.Model):
    """Two records that a person said to be one machine, or two; it holds in all later runs.

    Records are named as their source names them, so that a decision outlives them. `act` is what
    was done at once, and is undone at once; `kind` says what that was. Of two decisions about
    the same records the newer holds. `former_site` is where the other record was before it came to
    the site of the one, None if it was there. `made_by` is a name, as accounts go.
    """

    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    act = models.UUIDField(default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=20)
    is_same = models.BooleanField()
    one_feed = models.ForeignKey(Feed, on_delete=models.CASCADE, related_name="+", db_index=False)
    one_foreign_id = models.CharField(max_length=300)
    other_feed = models.ForeignKey(Feed, on_delete=models.CASCADE, related_name="+", db_index=False)
    other_foreign_id = models.CharField(max_length=300)
    former_site = models.ForeignKey(
        Site, on_delete=models.SET_NULL, related_name="+", db_index=False, null=True
    )
    made_by = models.CharField(max_length=300)
    made_at = models.BigIntegerField()
    note = models.TextField(blank=True)

    class Meta:
        """Decisions are found by either record, and by the act."""

        indexes: ClassVar = [
            models.Index(fields=["organization", "one_foreign_id"], name="match_decision_by_one"),
            models.Index(
                fields=["organization", "other_foreign_id"], name="match_decision_by_other"
            ),
            models.Index(fields=["organization", "act"], name="match_decision_by_act"),
        ]

    def __str__(self) -> str:
        """Both records."""
        return f"{self.one_foreign_id} {self.kind} {self.other_foreign_id}"
