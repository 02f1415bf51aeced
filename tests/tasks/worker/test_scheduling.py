"""What is due becomes a run: once, in time, and not beside another."""

from datetime import timedelta

import pytest

from muster.tasks import services
from muster.tasks.models import Recurrence, Run, Status, Task, Trigger
from muster.tasks.pasts import past
from muster.tasks.schedules import read
from muster.tasks.services import Changes
from muster.tasks.worker import rows
from muster.tasks.worker.scheduling import fire

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def finish(run, status=Status.PROCESSED):
    Run.objects.filter(pk=run.pk).update(status=status)


def test_a_task_that_is_due_gets_a_run_of_its_own_each_time(due, now):
    for hours in range(3):
        (recurrence,) = fire(now + hours * HOUR)
        assert (recurrence.outcome, recurrence.due_at) == ("ran", now + hours * HOUR)
        assert recurrence.run.trigger == Trigger.SCHEDULE
        finish(recurrence.run)

    assert Run.objects.count() == 3
    assert Task.objects.get(pk=due.pk).next_at == now + 3 * HOUR


def test_nothing_happens_before_its_time(due, now):
    assert fire(now - timedelta(seconds=1)) == []


def test_of_two_schedulers_that_see_it_one_makes_a_run(due, now, monkeypatch):
    seen = rows.due_tasks(now, most=10)
    monkeypatch.setattr(rows, "due_tasks", lambda _at, **_most: list(seen))

    first, second = fire(now), fire(now)

    assert (len(first), second) == (1, [])
    assert Run.objects.count() == 1


def test_a_time_comes_once_even_if_the_task_says_otherwise(due, now):
    (recurrence,) = fire(now)
    finish(recurrence.run)
    Task.objects.filter(pk=due.pk).update(next_at=now)

    assert fire(now + timedelta(seconds=5)) == []
    assert Run.objects.count() == 1


def test_a_run_that_still_goes_is_not_overlapped_and_that_is_kept(scope, due, now):
    fire(now)

    (recurrence,) = fire(now + HOUR)

    assert (recurrence.outcome, recurrence.run) == ("overlapped", None)
    shown = past(scope, due, most=10)
    assert [each["status"] for each in shown] == ["overlapped", "queued"]
    assert "still going" in shown[0]["error"]


def test_after_a_downtime_one_run_makes_up_for_all(due, now):
    (recurrence,) = fire(now + timedelta(days=2, minutes=30))

    assert recurrence.outcome == "ran"
    assert recurrence.due_at == now + timedelta(days=2)


def test_later_than_the_grace_period_nothing_runs_and_that_is_kept(scope, due, now):
    daily = read("daily", now=now, start="2026-11-23T12:00Z")
    services.edit(scope, due, Changes(schedule=daily), at=now)

    (recurrence,) = fire(now + timedelta(hours=5))

    assert (recurrence.outcome, recurrence.run) == ("missed", None)
    assert not Run.objects.exists()
    assert Task.objects.get(pk=due.pk).next_at == now + timedelta(days=1)
    assert "grace period" in past(scope, due, most=10)[0]["error"]


@pytest.mark.parametrize("service", [services.pause, services.stop, services.hide])
def test_what_is_paused_or_removed_is_not_due(scope, due, now, service):
    service(scope, due, at=now)

    assert fire(now + HOUR) == []


def test_what_is_paused_while_a_scheduler_looks_is_not_run(scope, due, now, monkeypatch):
    seen = rows.due_tasks(now, most=10)
    monkeypatch.setattr(rows, "due_tasks", lambda _at, **_most: seen)
    services.pause(scope, due, at=now)

    assert fire(now) == []
    assert not Run.objects.exists()


def test_a_continuous_task_waits_for_its_last_run_without_a_word(scope, due, now):
    schedule = read("continuous", now=now)
    services.edit(scope, due, Changes(schedule=schedule), at=now)
    fire(now)

    assert fire(now + timedelta(minutes=2)) == []
    assert not Recurrence.objects.filter(outcome="overlapped").exists()
    assert Task.objects.get(pk=due.pk).next_at == now + timedelta(minutes=3)


def test_a_schedule_that_cannot_be_read_holds_its_task_and_no_other(scope, due, now):
    Task.objects.filter(pk=due.pk).update(schedule={"frequency": "yearly", "start": "2026"})

    assert fire(now) == []

    assert "no frequency 'yearly'" in Task.objects.get(pk=due.pk).held
