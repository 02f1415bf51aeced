"""Checks: what is looked at, and what is wrong said with its mending."""

from datetime import timedelta

import pytest
from django.db import OperationalError

from muster.health import checks
from muster.health.figures import figures
from muster.notices.actions import Action
from muster.notices.models import Channel, Delivery
from muster.notices.recording import record
from muster.tasks.models import Run, Task, Worker

pytestmark = pytest.mark.django_db


def wrong(at):
    return {each.name: each for each in checks.health(at=at) if not each.ok}


@pytest.fixture
def channel(organization, now):
    return Channel.objects.create(
        organization=organization, name="Ops", type="webhook", is_working=True, checked_at=now,
        created_at=now, created_by="x",
    )  # fmt: skip


@pytest.fixture
def delivery(organization, channel, now):
    event = record(organization, Action.TASK_FAILED, at=now)
    return Delivery.objects.create(
        organization=organization, event=event, channel=channel, rule_name="x", found=1,
        due_at=now, created_at=now,
    )  # fmt: skip


@pytest.fixture
def running(scope, now):
    task = Task.objects.create(
        organization=scope.organization, name="x", site=scope.site(), source="x", created_at=now
    )
    return Run.objects.create(
        organization=scope.organization, task=task, status="active", started_at=now,
        heartbeat_at=now, host="x", pid=1,
    )  # fmt: skip


def test_a_fresh_installation_is_healthy(now):
    assert wrong(now) == {}


def test_a_database_that_is_not_there_is_told_without_its_name(now, monkeypatch):
    def refuse(*_):
        raise OperationalError("no connection to db.secret.example as user muster")

    monkeypatch.setattr(checks, "MigrationLoader", refuse)

    [found] = checks.health(at=now)

    assert (found.ok, found.is_needed) == (False, True)
    assert "secret.example" not in found.detail + found.hint


def test_missing_migrations_are_told(now, monkeypatch):
    monkeypatch.setattr(checks, "missing_migrations", lambda: ["notices.0099_later"])

    assert "muster db migrate" in wrong(now)["migrations"].hint


def test_a_silent_run_is_told(running, now):
    assert wrong(now + checks.SILENT) == {}
    assert "runs" in wrong(now + checks.SILENT + timedelta(seconds=1))


def test_workers_that_are_all_gone_are_told(now):
    Worker.objects.create(name="w", host="x", pid=1, slots=1, started_at=now, heartbeat_at=now)

    assert wrong(now) == {}
    assert "muster worker" in wrong(now + timedelta(minutes=1))["workers"].hint


def test_notices_that_nobody_sends_are_told(delivery, now):
    assert wrong(now + checks.LATE) == {}
    assert "muster notice send" in wrong(now + timedelta(hours=1))["notices"].hint


def test_a_halted_channel_is_told_and_what_waits_for_it_is_not_late(delivery, channel, now):
    Channel.objects.update(is_working=False, halted_at=now)

    assert list(wrong(now + timedelta(hours=1))) == ["channels"]


def test_figures_count_over_all_organizations(delivery, running, other_scope, now):
    found = figures(at=now + timedelta(seconds=5))

    assert (found.organizations, found.tasks, found.runs_active) == (2, 1, 1)
    assert (found.deliveries_waiting, found.oldest_due) == (1, timedelta(seconds=5))
    assert found.oldest_heartbeat == timedelta(seconds=5)
    assert found.events == delivery.event_id


def test_what_is_due_later_has_no_age(delivery, now):
    assert figures(at=now - timedelta(hours=1)).oldest_due == timedelta()
