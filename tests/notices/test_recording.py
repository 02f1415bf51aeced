"""The log: what an event keeps, that it stays, and which deliveries follow from it."""

import uuid
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from muster.accounts.roles import Principal, Role
from muster.core.errors import ConfigError
from muster.notices import rules, selectors
from muster.notices.actions import Action
from muster.notices.models import Channel, Delivery, Event, Rule
from muster.notices.recording import Target, latest, record

pytestmark = pytest.mark.django_db

TASK = Target("task", uuid.UUID("061786a4-4ce3-4f67-9dfd-581bfbbb1633"), "Entra")


@pytest.fixture
def channel(organization, now):
    return make_channel(organization, "Ops", now)


def make_channel(organization, name, now):
    return Channel.objects.create(
        organization=organization, name=name, type="webhook", is_working=True, checked_at=now,
        created_at=now, created_by="x",
    )  # fmt: skip


def rule(scope, now, *actions, name="Rule", channels=("Ops",), **changes):
    return rules.add(scope, rules.NewRule(name, actions, channels, **changes), at=now)


def told():
    return list(Delivery.objects.order_by("pk").values_list("event__action", "channel__name"))


def test_an_event_says_who_did_what_to_what(organization, scope, now):
    ann = Principal("ann@corp.example", Role.ADMINISTRATOR)

    record(organization, Action.TASK_STOPPED, at=now, target=TASK, by=ann, details={"why": "x"})

    [event] = [selectors.event_document(each) for each in selectors.events(scope)]
    assert (event["action"], event["source_type"], event["source_name"]) == (
        "task-stopped", "account", "ann@corp.example",
    )  # fmt: skip
    assert (event["target_type"], event["target_name"], event["details"]) == (
        "task", "Entra", {"why": "x"},
    )  # fmt: skip


def test_the_database_refuses_to_change_an_event(organization, now):
    event = record(organization, Action.TASK_FAILED, at=now)

    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        Event.objects.filter(pk=event.pk).update(success=True)


def test_an_event_is_gone_with_the_transaction_that_it_is_about(organization, scope, channel, now):
    rule(scope, now, "task-failed")

    with transaction.atomic():
        record(organization, Action.TASK_FAILED, at=now)
        transaction.set_rollback(True)

    assert told() == []
    assert Event.objects.filter(action="task-failed").count() == 0


def test_secrets_do_not_get_into_the_log(organization, now):
    details = {
        "client_secret": "s3cr3t-value",
        "error": "password=s3cr3t-value refused",
        "nested": {"token": "s3cr3t-value", "list": ["Bearer s3cr3t-value"]},
    }
    target = Target("task", uuid.uuid4(), "password=s3cr3t-value")

    record(organization, Action.TASK_FAILED, at=now, target=target, details=details)

    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM notices_event")
        assert "s3cr3t-value" not in repr(cursor.fetchall())


@pytest.mark.parametrize("name", ["x" * 10_000, "a\0b", "\ud800", "a\r\nb", "\u202e", ""])
def test_any_name_can_be_logged(organization, scope, now, name):
    target = Target("task", uuid.uuid4(), name)

    record(organization, Action.TASK_FAILED, at=now, target=target, details={name: name})

    [event] = selectors.events(scope)
    assert len(event.target_name) <= 200
    assert "\n" not in event.target_name


def test_a_rule_tells_its_channels_of_its_events_only(organization, scope, channel, now):
    rule(scope, now, "task-failed")

    record(organization, Action.TASK_COMPLETED, at=now)
    record(organization, Action.TASK_FAILED, at=now)

    assert told() == [("task-failed", "Ops")]


def test_a_disabled_rule_tells_nobody(organization, scope, channel, now):
    rule(scope, now, "task-failed", is_enabled=False)

    record(organization, Action.TASK_FAILED, at=now)

    assert told() == []


def test_two_rules_tell_a_channel_once(organization, scope, channel, now):
    rule(scope, now, "task-failed", name="One")
    rule(scope, now, "task-failed", "task-stopped", name="Two")

    record(organization, Action.TASK_FAILED, at=now)

    assert told() == [("task-failed", "Ops")]


def test_another_organization_is_not_told(organization, scope, other_scope, channel, now):
    rule(scope, now, "task-failed")

    record(other_scope.organization, Action.TASK_FAILED, at=now)

    assert told() == []
    assert [each.action for each in selectors.events(scope)] == ["rule-created"]


def test_the_threshold_holds_against_the_amount(organization, scope, channel, now):
    rule(scope, now, "task-failed", threshold=3)

    for failures in (1, 2, 3):
        record(organization, Action.TASK_FAILED, at=now, amount=failures)

    assert Delivery.objects.get().found == 3


def test_a_rule_rests_for_its_period_and_says_what_it_held_back(organization, scope, channel, now):
    rule(scope, now, "task-failed", period=timedelta(hours=1))

    for minutes in (0, 1, 59, 60):
        record(organization, Action.TASK_FAILED, at=now + timedelta(minutes=minutes))

    assert list(Delivery.objects.order_by("pk").values_list("held_back", flat=True)) == [0, 2]


def test_a_channel_is_not_told_that_it_does_not_work(organization, scope, channel, now):
    make_channel(organization, "Other", now)
    rule(scope, now, "channel-failed", channels=("Ops", "Other"))

    broken = Target("channel", channel.uid, channel.name)
    record(organization, Action.CHANNEL_FAILED, at=now, target=broken)

    assert told() == [("channel-failed", "Other")]


def test_the_last_event_about_a_target_is_found(organization, now):
    record(organization, Action.TASK_FAILED, at=now, target=TASK)
    record(organization, Action.TASK_COMPLETED, at=now, target=TASK)
    record(organization, Action.TASK_STOPPED, at=now, target=TASK)

    found = latest(organization, TASK.id, [Action.TASK_FAILED, Action.TASK_COMPLETED])

    assert found.action == "task-completed"


def test_events_are_chosen_and_paged(organization, scope, now):
    made = [
        record(organization, Action.TASK_FAILED, at=now + timedelta(days=each), target=TASK)
        for each in range(5)
    ]
    record(organization, Action.TASK_STOPPED, at=now)

    first = selectors.events(scope, actions=["task-failed"], about="ENTRA", most=2)
    second = selectors.events(scope, about=str(TASK.id), most=2, before=str(first[-1].uid))
    between = selectors.events(
        scope, since=now + timedelta(days=1), until=now + timedelta(days=2), about="entra"
    )

    assert first == [made[4], made[3]]
    assert second == [made[2], made[1]]
    assert between == [made[1]]


@pytest.mark.parametrize(
    "reference", ["", "nonsense", "\0", "8ff38516-1ae2-4898-b0ef-12e80ef3d2f9"]
)
def test_an_event_that_is_not_there_is_told(scope, reference):
    with pytest.raises(ConfigError, match="there is no event"):
        selectors.event(scope, reference)


ACTIONS = st.sampled_from(list(Action))
RULES = st.lists(
    st.builds(
        dict,
        actions=st.lists(ACTIONS, min_size=1, max_size=4),
        threshold=st.integers(1, 4),
        is_enabled=st.booleans(),
        channels=st.lists(st.sampled_from(["Ops", "Two"]), min_size=1, max_size=2),
        hours=st.integers(0, 3),
    ),
    max_size=4,
)
EVENTS = st.lists(st.tuples(ACTIONS, st.integers(0, 5), st.integers(0, 2)), max_size=6)


@given(given_rules=RULES, happened=EVENTS)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_delivery_is_made_if_and_only_if_a_rule_holds(
    organization, scope, now, given_rules, happened
):
    with transaction.atomic():
        channels = {name: make_channel(organization, name, now) for name in ("Ops", "Two")}
        made = [plain_rule(organization, n, each, channels) for n, each in enumerate(given_rules)]
        expected = set()
        last = [None] * len(made)
        at = now
        for action, amount, hours in happened:
            at += timedelta(hours=hours)
            event = record(organization, action, at=at, amount=amount)
            for number, each in enumerate(given_rules):
                is_meant = action in each["actions"] and each["is_enabled"]
                if not is_meant or amount < each["threshold"]:
                    continue
                if last[number] is not None and at < last[number] + timedelta(hours=each["hours"]):
                    continue
                last[number] = at
                expected |= {(event.pk, channels[name].pk) for name in each["channels"]}

        got = list(Delivery.objects.values_list("event_id", "channel_id"))
        transaction.set_rollback(True)

    assert len(got) == len(set(got))
    assert set(got) == expected


def plain_rule(organization, number, given_rule, channels):
    made = Rule.objects.create(
        organization=organization,
        name=str(number),
        actions=[each.value for each in given_rule["actions"]],
        threshold=given_rule["threshold"],
        period=timedelta(hours=given_rule["hours"]),
        is_enabled=given_rule["is_enabled"],
        created_at=organization.created_at,
        created_by="x",
    )
    made.channels.set([channels[name] for name in given_rule["channels"]])
    return made
