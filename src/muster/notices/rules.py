"""Writing rules: which events go to which channels."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from muster.core.errors import ConfigError
from muster.inventory.search import known_attributes
from muster.notices.actions import Action, read_action
from muster.notices.channels import by_name as channel_by_name
from muster.notices.models import Rule
from muster.notices.recording import Target, record
from muster.notices.texts import checked_name
from muster.organizations.scope import Scope
from muster.query import bind, parse

LONGEST_QUERY = 4_000
"""A query that is asked among an event's assets is longer by some words."""

LONGEST_PERIOD = timedelta(days=365)
LARGEST_THRESHOLD = 1_000_000_000


@dataclass(frozen=True, slots=True)
class NewRule:
    """What a person gives for a rule; channels by name or id."""

    name: str
    actions: Sequence[str]
    channels: Sequence[str]
    query: str = ""
    threshold: int = 1
    period: timedelta = timedelta()
    is_enabled: bool = True


def add(scope: Scope, new: NewRule, *, at: datetime) -> Rule:
    """Save a rule.

    Raises ConfigError for a name in use, an unknown event or channel, or a number that is out of
    range, and QueryError for a query that cannot be read.
    """
    name = checked_name(new.name, what="rule")
    if not new.actions:
        raise ConfigError("a rule needs an event", hint=f"Events are: {', '.join(Action)}.")
    actions = list(dict.fromkeys(read_action(each).value for each in new.actions))
    channels = {found.pk: found for each in new.channels if (found := channel_by_name(scope, each))}
    if not channels:
        raise ConfigError("a rule needs a channel", hint="Add one with: muster channel add")
    _check_numbers(new)
    query = _checked_query(scope, new.query, at=at)
    _check_free(scope, name)
    rule = Rule(
        organization=scope.organization,
        name=name,
        actions=actions,
        query=query,
        threshold=new.threshold,
        period=new.period,
        is_enabled=new.is_enabled,
        created_at=at,
        created_by=scope.principal.name,
    )
    try:
        with transaction.atomic():
            rule.save()
            rule.channels.set(channels.values())
            _record(scope, Action.RULE_CREATED, rule, at=at)
    except IntegrityError as error:
        raise _taken(name) from error
    return rule


@transaction.atomic
def remove(scope: Scope, rule: Rule, *, at: datetime) -> None:
    """Delete a rule; what it already put on its way still arrives."""
    _record(scope, Action.RULE_DELETED, rule, at=at)
    rule.delete()


def by_name(scope: Scope, reference: str) -> Rule:
    """Return the rule of that name or id.

    Raises ConfigError if there is none.
    """
    wanted = reference.strip().casefold()
    rules = list(Rule.objects.filter(organization=scope.organization).order_by("name"))
    for each in rules:
        if wanted in {each.name.casefold(), str(each.uid)}:
            return each
    known = ", ".join(each.name for each in rules)
    hint = f"Rules are: {known}." if known else "Add one with: muster rule add"
    raise ConfigError(f"there is no rule '{reference[:100]}'", hint=hint)


def _check_numbers(new: NewRule) -> None:
    if not 1 <= new.threshold <= LARGEST_THRESHOLD:
        raise ConfigError(f"the threshold must be 1 to {LARGEST_THRESHOLD:,}")
    if not timedelta() <= new.period <= LONGEST_PERIOD:
        raise ConfigError(f"the period must be 0 to {LONGEST_PERIOD.days} days")


def _checked_query(scope: Scope, text: str, *, at: datetime) -> str:
    """Return the query. Raises QueryError, ConfigError if it is too long."""
    stripped = text.strip()
    if not stripped:
        return ""
    if len(stripped) > LONGEST_QUERY:
        raise ConfigError(f"the query of a rule is at most {LONGEST_QUERY:,} characters")
    bind(parse(stripped), inventory="assets", now=at, is_attribute=known_attributes(scope))
    return stripped


def _record(scope: Scope, action: Action, rule: Rule, *, at: datetime) -> None:
    record(
        scope.organization,
        action,
        at=at,
        by=scope.principal,
        target=Target("rule", rule.uid, rule.name),
        details={"events": rule.actions, "query": rule.query, "threshold": rule.threshold},
    )


def _check_free(scope: Scope, name: str) -> None:
    if Rule.objects.filter(organization=scope.organization, name__iexact=name).exists():
        raise _taken(name)


def _taken(name: str) -> ConfigError:
    return ConfigError(
        f"there is already a rule named '{name}'",
        hint="Choose another name, or remove the old one first: muster rule rm.",
    )
