"""Rules: what can be one, and queries that they ask of the assets."""

from datetime import timedelta

import pytest

from muster.core.errors import ConfigError, QueryError
from muster.notices import rules, selectors
from muster.notices.actions import Action
from muster.notices.models import Channel, Delivery, Rule
from muster.notices.recording import record

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def channel(organization, now):
    return Channel.objects.create(
        organization=organization, name="Ops", type="webhook", is_working=True, checked_at=now,
        created_at=now, created_by="x",
    )  # fmt: skip


def new(name="Rule", actions=("task-failed",), channels=("Ops",), **changes):
    return rules.NewRule(name, actions, channels, **changes)


def test_a_rule_is_shown_as_it_was_given(scope, now):
    rules.add(scope, new(query=" os:linux ", threshold=3, period=timedelta(minutes=5)), at=now)

    [shown] = selectors.rules(scope)
    assert (shown["events"], shown["query"], shown["threshold"], shown["period_seconds"]) == (
        ["task-failed"], "os:linux", 3, 300,
    )  # fmt: skip
    assert shown["channels"] == ["Ops"]


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""},
        {"name": "x" * 201},
        {"name": "a\nb"},
        {"actions": ()},
        {"actions": ("task-exploded",)},
        {"channels": ()},
        {"channels": ("Nobody",)},
        {"threshold": 0},
        {"threshold": 10**12},
        {"period": timedelta(days=-1)},
        {"period": timedelta(days=400)},
        {"query": "x" * 4001},
    ],
)
def test_what_is_no_rule_is_refused(scope, now, changes):
    with pytest.raises(ConfigError):
        rules.add(scope, new(**changes), at=now)

    assert Rule.objects.count() == 0


@pytest.mark.parametrize("query", ["os:(", "a) OR (b", "nosuchkeyword:x AND"])
def test_a_query_that_cannot_be_read_is_refused(scope, now, query):
    with pytest.raises(QueryError):
        rules.add(scope, new(query=query), at=now)


def test_a_name_in_use_is_refused_whatever_its_case(scope, now):
    rules.add(scope, new("Rule"), at=now)

    with pytest.raises(ConfigError, match="already"):
        rules.add(scope, new("rULE"), at=now)


def test_channels_of_another_organization_are_not_there(other_scope, now):
    with pytest.raises(ConfigError, match="no channel"):
        rules.add(other_scope, new(), at=now)


def test_a_rule_is_found_by_name_or_id_and_removed(scope, now):
    made = rules.add(scope, new(), at=now)

    assert rules.by_name(scope, "RULE") == rules.by_name(scope, str(made.uid)) == made
    rules.remove(scope, made, at=now)
    assert [each.action for each in selectors.events(scope)] == ["rule-deleted", "rule-created"]


def test_a_query_that_finds_too_little_tells_nobody(scope, organization, now):
    rules.add(scope, new(query="os:linux"), at=now)

    record(organization, Action.TASK_FAILED, at=now, amount=7)

    assert Delivery.objects.count() == 0


def test_a_query_that_can_no_longer_be_asked_says_so_and_holds_nothing_up(scope, organization, now):
    made = rules.add(scope, new(query="os:linux"), at=now)
    Rule.objects.filter(pk=made.pk).update(query="os:(")

    record(organization, Action.TASK_FAILED, at=now)

    assert Delivery.objects.count() == 0
    assert selectors.rules(scope)[0]["error"]
