"""Announcing credentials before they end: a month, a week and a day before, and once they have."""

from datetime import datetime, timedelta

from django.db import transaction

from muster.credentials.models import Credential
from muster.notices.actions import Action
from muster.notices.recording import Target, latest, record

STEPS = (timedelta(days=30), timedelta(days=7), timedelta(days=1), timedelta())
"""How long before its end a credential is announced, in the order of time."""


def announce_expiring(*, at: datetime) -> int:
    """Record an event for each credential that is past another step; return how many.

    Each step is told once, however often this is called; after an absence only the last one is.
    """
    ending = Credential.objects.filter(expires_at__lte=at + STEPS[0]).select_related("organization")
    return sum(_announce(each, at=at) for each in ending.order_by("pk"))


@transaction.atomic
def _announce(credential: Credential, *, at: datetime) -> bool:
    ends_at = credential.expires_at
    if ends_at is None:
        return False
    # The row's lock lets one of two processes announce; SQLite has one writer anyway.
    Credential.objects.select_for_update().filter(
        organization=credential.organization_id, pk=credential.pk
    ).first()
    step = min(each for each in STEPS if ends_at - at <= each).days
    told = latest(credential.organization, credential.uid, [Action.CREDENTIAL_EXPIRING])
    marks = {"ends_at": ends_at.isoformat(), "days_before": step}
    if told is not None and all(told.details.get(name) == each for name, each in marks.items()):
        return False
    record(
        credential.organization,
        Action.CREDENTIAL_EXPIRING,
        at=at,
        target=Target("credential", credential.uid, credential.name),
        details={**marks, "type": credential.type, "has_ended": ends_at <= at},
    )
    return True
