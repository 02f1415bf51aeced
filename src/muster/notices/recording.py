"""Writing the log: an event and what is to be sent because of it, in the caller's transaction."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from muster.accounts.roles import Principal, Role
from muster.notices.actions import Action
from muster.notices.matching import deliver
from muster.notices.models import Event
from muster.notices.texts import details_of, name_of
from muster.organizations.models import Organization

MUSTER = Principal(name="Muster", role=Role.SUPERUSER)
"""Who acts where no person does."""


@dataclass(frozen=True, slots=True)
class Target:
    """What something happened to: `task`, `credential`, `channel`, ... with its id and name."""

    type: str
    id: UUID
    name: str


def record(
    organization: Organization,
    action: Action,
    *,
    at: datetime,
    target: Target | None = None,
    by: Principal = MUSTER,
    success: bool = True,
    amount: int = 1,
    details: Mapping[str, object] | None = None,
    among: str = "",
) -> Event:
    """Add an event to the log, and a delivery for each channel whose rules hold for it.

    Both are there once the caller's transaction is, or neither. `details` lose what looks like a
    secret. `among` is a query for the assets that the event is about: a rule asks its own query
    among these only. A rule that cannot be asked holds nothing up; it says so itself.
    """
    with transaction.atomic():
        event = Event.objects.create(
            organization=organization,
            created_at=at,
            action=action.value,
            success=success,
            source_type="system" if by is MUSTER else "account",
            source_name=name_of(by.name),
            target_type=target.type if target else "",
            target_id=str(target.id) if target else "",
            target_name=name_of(target.name) if target else "",
            amount=amount,
            details=details_of(details or {}),
        )
        deliver(event, by=MUSTER, among=among)
    return event


def latest(organization: Organization, target: UUID, actions: Collection[Action]) -> Event | None:
    """Return the last event of these actions about a target; None if there is none."""
    about = Event.objects.filter(organization=organization, target_id=str(target))
    return about.filter(action__in=[each.value for each in actions]).order_by("-pk").first()
