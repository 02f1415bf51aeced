"""Which rules hold for an event, and the deliveries that follow from them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import F, Q

from muster.accounts.roles import Principal
from muster.core.errors import QueryError
from muster.inventory.search import MOST_COUNTED, count
from muster.notices.actions import Action
from muster.notices.models import Channel, Delivery, Event, Rule
from muster.notices.texts import LONGEST_TEXT, shortened, storable
from muster.organizations.scope import scope

QUERY_LIMIT = timedelta(seconds=5)
"""A rule is asked while whoever recorded the event waits."""


@dataclass(frozen=True, slots=True)
class _Held:
    """A rule that holds: what it found, and how much it held back before."""

    rule: Rule
    found: int
    held_back: int


def deliver(event: Event, *, by: Principal, among: str) -> None:
    """Write a delivery for each channel that a rule leads to; one where several do."""
    made: dict[int, Delivery] = {}
    for held in _held(event, by, among):
        for channel in held.rule.channels.all():
            if not _is_about(event, channel):
                made.setdefault(channel.pk, _delivery(event, channel, held))
    Delivery.objects.bulk_create(made.values())


def _held(event: Event, by: Principal, among: str) -> Iterator[_Held]:
    rules = Rule.objects.filter(organization=event.organization, is_enabled=True)
    for rule in rules.order_by("pk").prefetch_related("channels"):
        if event.action not in rule.actions:
            continue
        found = _found(rule, event, by, among)
        if found is not None and found >= rule.threshold and _is_rested(rule, event):
            yield _Held(rule, found, rule.held_back)


def _found(rule: Rule, event: Event, by: Principal, among: str) -> int | None:
    """Return what is to reach the threshold; None where the rule cannot be asked."""
    if not rule.query:
        return event.amount
    text = f"({rule.query}) AND ({among})" if among else rule.query
    allowed = scope(by, event.organization)
    try:
        found = count(
            allowed,
            text,
            now=event.created_at,
            is_exact=rule.threshold > MOST_COUNTED,
            limit=QUERY_LIMIT,
        )
    except QueryError as error:
        _tell(rule, error.message)
        return None
    _tell(rule, "")
    return found.number


def _tell(rule: Rule, error: str) -> None:
    told = shortened(storable(error), LONGEST_TEXT)
    if rule.error != told:
        Rule.objects.filter(organization=rule.organization_id, pk=rule.pk).update(error=told)


def _is_rested(rule: Rule, event: Event) -> bool:
    """Take the rule's turn if its period is over, as the only one of many; else count it."""
    mine = Rule.objects.filter(organization=rule.organization_id, pk=rule.pk)
    is_over = Q(held_at=None) | Q(held_at__lte=event.created_at - rule.period)
    if mine.filter(is_over).update(held_at=event.created_at, held_back=0):
        return True
    mine.update(held_back=F("held_back") + 1)
    return False


def _is_about(event: Event, channel: Channel) -> bool:
    """True if the event says that this very channel does not work."""
    return event.action == Action.CHANNEL_FAILED and event.target_id == str(channel.uid)


def _delivery(event: Event, channel: Channel, held: _Held) -> Delivery:
    return Delivery(
        organization=event.organization,
        event=event,
        channel=channel,
        rule_name=held.rule.name,
        found=held.found,
        held_back=held.held_back,
        due_at=event.created_at,
        created_at=event.created_at,
    )
