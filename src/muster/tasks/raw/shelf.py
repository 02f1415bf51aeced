"""How much raw data is kept: by age, and in all for an organization; the oldest goes first."""

from datetime import datetime

from django.db import models

from muster.organizations.models import Organization
from muster.tasks.models import DOING, RawData, RawPart

TOO_MUCH = "it was more than an organization may keep (MUSTER_RAW_DATA_MEGABYTES)"
MADE_ROOM = "it made room for that of later runs (MUSTER_RAW_DATA_MEGABYTES)"
EXPIRED = "it has expired (expiration_scans)"


def drop(data: RawData, *, why: str) -> None:
    """Remove the raw data of a run for good; that it was there, and why it is not, stays."""
    RawPart.objects.filter(organization=data.organization_id, data=data).delete()
    RawData.objects.filter(organization=data.organization_id, pk=data.pk).update(
        parts=0, size=0, lost=why
    )


def make_room(organization: Organization, *, most_bytes: int) -> int:
    """Remove the oldest until no more is kept than that; return of how many runs.

    What a run is still adding to stays.
    """
    kept = _kept(organization)
    excess = (kept.aggregate(total=models.Sum("size"))["total"] or 0) - most_bytes
    if excess <= 0:
        return 0
    removed = 0
    for each in kept.exclude(run__status__in=DOING).order_by("run").iterator():
        drop(each, why=MADE_ROOM)
        excess -= each.size
        removed += 1
        if excess <= 0:
            break
    return removed


def expired(organization: Organization, *, before: datetime) -> models.QuerySet[RawData]:
    """Return the raw data of runs that ended before an instant."""
    return _kept(organization).filter(run__ended_at__lt=before)


def _kept(organization: Organization) -> models.QuerySet[RawData]:
    return RawData.objects.filter(organization=organization, parts__gt=0)
