"""The outbox: everything due is sent, failures come back later and later, and nothing is lost."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from muster.notices import channels, rules, selectors
from muster.notices.actions import Action
from muster.notices.models import Channel, Delivery, Event
from muster.notices.recording import record
from muster.notices.sending import outbox
from muster.notices.sending.outbox import send_due, wait
from muster.notices.upkeep import KEPT, forget_old, tend
from notices.conftest import SECRET

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def told(scope, hook, now):
    rules.add(scope, rules.NewRule("All", ["task-failed"], ["Ops"]), at=now)


def fail(organization, now, times=1):
    return [record(organization, Action.TASK_FAILED, at=now) for _ in range(times)]


def send(at):
    return send_due(clock=lambda: at, draw=lambda: 1.0)


def test_what_is_due_is_sent_once(organization, web, now):
    fail(organization, now, times=3)

    first, second = send(now), send(now + timedelta(days=1))

    assert (first.sent, second.sent, len(web.requests)) == (3, 0, 3)
    assert Delivery.objects.filter(state="sent", sent_at=now).count() == 3


def test_a_failure_comes_back_with_the_same_id(organization, web, now):
    web.statuses = [500, 204]
    fail(organization, now)

    assert send(now).put_off == 1
    assert send(now + timedelta(seconds=29)).sent == 0
    assert send(now + timedelta(seconds=31)).sent == 1
    ids = {each.headers["webhook-id"] for each in web.requests}
    bodies = {each.body for each in web.requests}
    assert (len(ids), len(bodies)) == (1, 1)


def test_after_ten_attempts_it_is_given_up_and_the_channel_says_why(scope, organization, web, now):
    web.statuses = [404]
    fail(organization, now)

    at = now
    for _ in range(outbox.MOST_ATTEMPTS):
        send(at)
        at += outbox.LONGEST_WAIT

    assert Delivery.objects.get().state == "failed"
    assert "404" in Delivery.objects.get().error
    assert len(web.requests) == outbox.MOST_ATTEMPTS
    assert selectors.events(scope)[0].action == "channel-failed"


def test_a_channel_that_works_again_says_so(organization, web, now):
    Channel.objects.update(is_working=False, message="404")
    fail(organization, now)

    send(now)

    assert Channel.objects.get().is_working


def test_who_is_gone_is_asked_once_and_waits_for_a_person(scope, organization, hook, web, now):
    web.statuses = [410]
    fail(organization, now, times=5)

    send(now)
    send(now + timedelta(days=1))

    assert len(web.requests) == 1
    assert Delivery.objects.filter(state="waiting", attempts=0).count() == 5

    web.statuses = [204]
    channels.verify(scope, Channel.objects.get(), at=now)
    assert send(now + timedelta(days=1)).sent == 5


def test_news_of_a_week_ago_are_given_up(organization, web, now):
    fail(organization, now)

    ended = send(now + outbox.PATIENCE)

    assert (ended.given_up, len(web.requests)) == (1, 0)


def test_behind_a_dead_channel_the_others_are_told(scope, organization, web, now):
    new = channels.NewChannel("Dead", "webhook", {"url": "http://127.0.0.1:1/", "secret": SECRET})
    channels.add(scope, new, at=now, save_anyway=True)
    rules.add(scope, rules.NewRule("Dead", ["task-failed"], ["Dead"]), at=now)
    fail(organization, now, times=30)

    ended = send(now)

    assert (ended.sent, ended.put_off) == (outbox.PER_CHANNEL, outbox.PER_CHANNEL)
    assert Delivery.objects.filter(channel__name="Dead", attempts__gt=0).count() == 1


def test_what_another_sender_took_is_left_to_it(organization, web, now):
    fail(organization, now)
    Delivery.objects.update(due_at=now + outbox.LEASE)

    assert send(now).sent == 0


def test_what_a_dead_sender_took_comes_back(organization, web, now, monkeypatch):
    fail(organization, now)
    monkeypatch.setattr(outbox, "_mark", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        send(now)
    monkeypatch.undo()

    assert send(now + timedelta(minutes=1)).sent == 0
    assert send(now + outbox.LEASE).sent == 1
    assert len({each.headers["webhook-id"] for each in web.requests}) == 1


def test_a_secret_whose_key_is_gone_halts_the_channel(organization, tmp_path, settings, web, now):
    fail(organization, now)
    settings.MASTER_KEY_FILE = tmp_path / "another.key"

    send(now)

    assert Channel.objects.get().halted_at is not None
    assert web.requests == []


def test_the_message_is_that_of_the_event(organization, web, now):
    record(organization, Action.TASK_FAILED, at=now, amount=2, details={"error": "throttled"})

    send(now)

    data = json.loads(web.requests[0].body)["data"]
    assert (data["amount"], data["details"], data["rule"]) == (2, {"error": "throttled"}, "All")


def test_nothing_stored_holds_a_secret(organization, web, now):
    web.statuses = [500]
    fail(organization, now)
    send(now)

    with connection.cursor() as cursor:
        stored = ""
        for table in ("event", "channel", "delivery", "rule"):
            cursor.execute(f"SELECT * FROM notices_{table}")
            stored += repr(cursor.fetchall())
    assert "T0PSECRETPATH" not in stored
    assert SECRET.removeprefix("whsec_") not in stored


def test_events_are_kept_a_year(organization, now):
    fail(organization, now)

    forget_old(at=now + KEPT)
    assert Event.objects.filter(action="task-failed").count() == 1
    forget_old(at=now + KEPT + timedelta(seconds=1))
    assert Event.objects.count() == Delivery.objects.count() == 0


def test_a_worker_does_all_of_it_with_one_call(organization, web, now):
    fail(organization, now)

    assert tend(clock=lambda: now).sent == 1


@given(attempts=st.integers(1, 10_000), drawn=st.floats(0, 1))
def test_waits_grow_up_to_six_hours(attempts, drawn):
    waited = wait(attempts, None, draw=lambda: drawn)

    assert outbox.FIRST_WAIT / 2 <= waited <= outbox.LONGEST_WAIT
    assert waited <= wait(attempts + 1, None, draw=lambda: 1.0)


def test_a_told_wait_is_kept_to_within_a_day():
    assert wait(1, timedelta(hours=2), draw=lambda: 0.0) == timedelta(hours=2)
    assert wait(1, timedelta(days=9), draw=lambda: 0.0) == timedelta(days=1)
