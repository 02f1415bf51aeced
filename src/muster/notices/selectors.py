"""Reading the log, channels, rules and what is on its way; never a secret."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from muster.core.errors import ConfigError
from muster.notices.actions import read_action
from muster.notices.models import Channel, Delivery, Event, Rule, State
from muster.organizations.scope import Scope

MOST_EVENTS = 1_000


def events(
    scope: Scope,
    *,
    actions: Sequence[str] = (),
    since: datetime | None = None,
    until: datetime | None = None,
    about: str = "",
    before: str = "",
    most: int = 50,
) -> list[Event]:
    """Return events, the latest first, at most `most` of at most a thousand.

    `about` is a target by name (in any case) or id, and `before` the id of the last event of the
    page before. Raises ConfigError for an unknown action or event.
    """
    found = Event.objects.filter(organization=scope.organization)
    if actions:
        found = found.filter(action__in=[read_action(each).value for each in actions])
    if since is not None:
        found = found.filter(created_at__gte=since)
    if until is not None:
        found = found.filter(created_at__lt=until)
    if about:
        found = found.filter(Q(target_id=about.casefold()) | Q(target_name__iexact=about))
    if before:
        found = found.filter(pk__lt=event(scope, before).pk)
    return list(found.order_by("-pk")[: max(1, min(most, MOST_EVENTS))])


def event(scope: Scope, reference: str) -> Event:
    """Return the event of that id.

    Raises ConfigError if there is none.
    """
    try:
        uid = UUID(reference.strip())
    except ValueError as error:
        raise _no_event(reference) from error
    found = Event.objects.filter(organization=scope.organization, uid=uid).first()
    if found is None:
        raise _no_event(reference)
    return found


def event_document(event: Event) -> dict[str, Any]:
    """Return an event as JSON values, by the names of the reference's `Event`."""
    return {
        "id": str(event.uid),
        "created_at": event.created_at,
        "organization_id": str(event.organization.uid),
        "action": event.action,
        "success": event.success,
        "source_type": event.source_type,
        "source_name": event.source_name,
        "target_type": event.target_type,
        "target_id": event.target_id,
        "target_name": event.target_name,
        "amount": event.amount,
        "details": event.details,
    }


def deliveries(scope: Scope, event: Event) -> list[dict[str, Any]]:
    """Return where an event went, or is on its way to."""
    rows = Delivery.objects.filter(organization=scope.organization, event=event)
    return [
        {
            "id": str(each.uid),
            "channel": each.channel.name,
            "rule": each.rule_name,
            "state": each.state,
            "attempts": each.attempts,
            "due_at": each.due_at if each.state == State.WAITING else None,
            "sent_at": each.sent_at,
            "error": each.error,
        }
        for each in rows.select_related("channel").order_by("pk")
    ]


def channels(scope: Scope) -> list[dict[str, Any]]:
    """Return the organization's channels as they may be shown."""
    waiting = Count("deliveries", filter=Q(deliveries__state=State.WAITING))
    rows = Channel.objects.filter(organization=scope.organization).annotate(waiting=waiting)
    return [{**channel_document(each), "waiting": each.waiting} for each in rows.order_by("name")]


def channel_document(channel: Channel) -> dict[str, Any]:
    """Return a channel as JSON values: without its secrets, and without their ciphertext."""
    return {
        "id": str(channel.uid),
        "name": channel.name,
        "type": channel.type,
        "fields": dict(channel.public),
        "secrets": sorted(channel.sealed),
        "working": channel.is_working,
        "halted": channel.halted_at is not None,
        "message": channel.message,
        "checked_at": channel.checked_at,
        "created_at": channel.created_at,
        "created_by": channel.created_by,
    }


def rules(scope: Scope) -> list[dict[str, Any]]:
    """Return the organization's rules."""
    rows: QuerySet[Rule] = Rule.objects.filter(organization=scope.organization)
    return [rule_document(each) for each in rows.order_by("name").prefetch_related("channels")]


def rule_document(rule: Rule) -> dict[str, Any]:
    """Return a rule as JSON values."""
    return {
        "id": str(rule.uid),
        "name": rule.name,
        "events": rule.actions,
        "query": rule.query,
        "threshold": rule.threshold,
        "period_seconds": int(rule.period.total_seconds()),
        "channels": sorted(each.name for each in rule.channels.all()),
        "enabled": rule.is_enabled,
        "held_at": rule.held_at,
        "held_back": rule.held_back,
        "error": rule.error,
        "created_at": rule.created_at,
        "created_by": rule.created_by,
    }


def _no_event(reference: str) -> ConfigError:
    return ConfigError(
        f"there is no event '{reference[:100]}'", hint="See them with: muster event list"
    )
