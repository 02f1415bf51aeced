"""Retention over runs: once a day behind a run, told there, and what runs logged."""

from datetime import timedelta

import pytest
from django.db import OperationalError

from muster.accounts.roles import Principal, Role
from muster.core.errors import ConfigError
from muster.inventory.models import Asset
from muster.inventory.retention import change, policy
from muster.organizations.scope import scope as scope_for
from muster.tasks import retention
from muster.tasks.connectors import run_now
from muster.tasks.models import Run, RunLog
from tasks.conftest import WHOLE, host

pytestmark = pytest.mark.django_db

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def keep(scope, now, **settings):
    change(scope, {name: str(value) for name, value in settings.items()}, at=now)


def run_at(scope, task, watcher, at):
    return run_now(scope, task, watcher=watcher, clock=lambda: at)


def names():
    return sorted(Asset.objects.values_list("name", flat=True))


@pytest.fixture
def refusing(monkeypatch):
    """A database that does not let retention plan."""

    def refuse(*_, **__):
        raise OperationalError("database is locked")

    monkeypatch.setattr("muster.inventory.retention.plan", refuse)


@pytest.fixture
def vanished(scope, task, source, watcher, now):
    """One of two hosts is gone since `now`."""
    run_at(scope, task, watcher, now - DAY)
    source.records = [host(1), WHOLE]
    run_at(scope, task, watcher, now)


@pytest.mark.usefixtures("vanished")
def test_the_first_run_of_a_day_lets_expire_and_says_so(scope, task, watcher, now):
    keep(scope, now, expiration_integration_attributes=7)

    early = run_at(scope, task, watcher, now + 7 * DAY)
    run = run_at(scope, task, watcher, now + 8 * DAY)

    assert "expired_assets" not in early.statistics
    assert run.statistics["expired_assets"] == 1
    assert run.log.filter(event="retention removed what has expired").exists()
    assert names() == ["host-1"]
    assert policy(scope).outcome["assets"] == 1


@pytest.mark.usefixtures("vanished")
def test_it_runs_once_a_day(scope, task, watcher, now):
    keep(scope, now, expiration_integration_attributes=7)
    run_at(scope, task, watcher, now + 7 * DAY - HOUR)

    same_day = run_at(scope, task, watcher, now + 7 * DAY + HOUR)
    next_day = run_at(scope, task, watcher, now + 7 * DAY + 13 * HOUR)

    assert "expired_assets" not in same_day.statistics
    assert next_day.statistics["expired_assets"] == 1


@pytest.mark.usefixtures("vanished")
def test_nothing_runs_where_nothing_is_set(scope, task, watcher, now):
    run_at(scope, task, watcher, now + 900 * DAY)

    assert policy(scope).ran_at is None
    assert len(names()) == 2


@pytest.mark.usefixtures("refusing")
def test_a_failing_retention_is_told_and_does_not_spoil_the_run(scope, task, watcher, now):
    keep(scope, now, expiration_integration_attributes=1)

    run = run_at(scope, task, watcher, now + 8 * DAY)

    assert run.is_complete
    assert [line.fields for line in run.log.filter(level="warning")] == [
        {"error": "database is locked"}
    ]


@pytest.mark.usefixtures("vanished")
def test_what_runs_logged_goes_and_the_runs_stay(scope, task, watcher, now):
    keep(scope, now, expiration_scans=30)
    logged = RunLog.objects.filter(run__organization=scope.organization)
    preview = retention.Preview(scope, at=now + 30 * DAY)

    listed = [(each.kind, each.last_seen) for each in preview.things()]
    removed = retention.run(scope, at=now + 30 * DAY)

    assert preview.expired().counts["run_logs"] == 0
    assert listed == [("run_log", now - DAY), ("raw_data", now - DAY)]
    assert removed.counts["run_logs"] == 1
    assert set(logged.values_list("run__started_at", flat=True)) == {now}
    assert Run.objects.count() == 2


@pytest.mark.usefixtures("vanished")
def test_a_preview_says_what_a_run_then_removes(scope, task, watcher, now):
    keep(scope, now, expiration_assets_stale=7, expiration_scans=3, expiration_history=2)
    at = now + 8 * DAY

    preview = retention.Preview(scope, at=at)
    told, listed = preview.expired().counts, list(preview.things())
    done = retention.run(scope, at=at)

    assert told == done.counts
    # Records go with their assets, and changes are only counted.
    assert sum(told.values()) - told["records"] - told["history"] == len(listed)
    assert done.counts["assets"] == 2
    assert done.counts["history"] > 0


def test_a_viewer_removes_nothing(organization, now):
    viewer = scope_for(Principal("Vic", Role.VIEWER), organization)

    with pytest.raises(ConfigError, match="Vic may not remove"):
        retention.run(viewer, at=now)
