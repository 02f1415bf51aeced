"""Records that say themselves which asset they are of."""

from datetime import datetime
from uuid import UUID

from muster.inventory.models import Asset, AssetSource, MatchDecision
from muster.inventory.models.decisions import MERGE
from muster.organizations.scope import Scope


def pin(scope: Scope, feed_id: int, foreign_id: str, *, to: UUID, at: datetime) -> bool:
    """Let a record, stored or yet to come, be of an asset; False if there is no such asset.

    It is a decision as if a person had merged the two by hand, is shown as one, and can be undone.
    """
    asset = Asset.objects.filter(organization=scope.organization, uid=to).first()
    if asset is None:
        return False
    held = AssetSource.objects.filter(
        organization=scope.organization, asset=asset, site=asset.site, gone_at=None
    ).order_by("source_id", "pk")
    if held.filter(feed_id=feed_id, foreign_id=foreign_id).exists():
        return True
    first = held.first()
    if first is None:
        return False
    MatchDecision.objects.get_or_create(
        organization=scope.organization,
        kind=MERGE,
        is_same=True,
        one_feed_id=first.feed_id,
        one_foreign_id=first.foreign_id,
        other_feed_id=feed_id,
        other_foreign_id=foreign_id,
        defaults={
            "made_by": scope.principal.name[:300],
            "made_at": int(at.timestamp()),
            "note": "the record names its asset",
        },
    )
    return True
