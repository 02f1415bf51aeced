"""One run that is handed out, whatever became of it before."""

import asyncio
from datetime import timedelta

import pytest

from muster.core.errors import AuthError, UnavailableError
from muster.inventory.models import Asset
from muster.tasks import services
from muster.tasks.models import Recurrence, Run, Status, Task, Trigger, Worker
from muster.tasks.queueing import queue
from muster.tasks.selectors import task_entries
from muster.tasks.worker import heartbeats, rows
from muster.tasks.worker.scheduling import fire
from tasks.conftest import WHOLE, host

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def keeps_the_connection(monkeypatch):
    """The thread of a test is not the engine's, and its connection not the executor's to close."""
    monkeypatch.setattr("muster.tasks.worker.executing.connections.close_all", lambda: None)


def do(executor, run):
    executor.do(str(run.uid))
    run.refresh_from_db()
    return run


@pytest.fixture
def dead(now):
    """What a worker leaves that was killed: its name, and nothing of its process."""
    silent = now - timedelta(minutes=1)
    return Worker.objects.create(
        name="w-0", host="elsewhere", pid=7, slots=1, started_at=silent, heartbeat_at=silent
    )


def as_left_by(worker, run):
    fields = {"worker": worker.name, "host": worker.host, "pid": worker.pid}
    Run.objects.filter(pk=run.pk).update(
        status=Status.ACTIVE, heartbeat_at=worker.heartbeat_at, **fields
    )
    run.refresh_from_db()
    return run


def test_a_run_that_waits_is_done(executor, due, now):
    run = do(executor, queue(due, Trigger.MANUAL, at=now))

    assert (run.status, run.is_complete, run.worker) == (Status.PROCESSED, True, "w-1")
    assert Asset.objects.count() == 2


def test_a_run_that_is_done_is_not_done_again(executor, due, now, source):
    run = do(executor, queue(due, Trigger.MANUAL, at=now))
    source.records = [host(9), WHOLE]

    do(executor, run)

    assert Asset.objects.count() == 2


def test_a_run_of_a_living_worker_is_left_to_it(executor, due, now):
    alive = Worker.objects.create(
        name="w-2", host="elsewhere", pid=7, slots=1, started_at=now, heartbeat_at=now
    )
    run = as_left_by(alive, queue(due, Trigger.MANUAL, at=now))

    assert do(executor, run).status == Status.ACTIVE
    assert not Asset.objects.exists()


def test_a_lost_run_that_says_not_where_it_stood_begins_anew_as_another(executor, due, now, dead):
    (recurrence,) = fire(now)
    run = do(executor, as_left_by(dead, recurrence.run))

    assert run.status == Status.ERROR
    assert "it broke off and cannot go on" in run.error
    recurrence.refresh_from_db()
    assert recurrence.run != run
    assert do(executor, recurrence.run).status == Status.PROCESSED
    assert Task.objects.get(pk=due.pk).failures == 0


def test_a_run_that_was_lost_while_it_stored_the_rest_is_taken_up_too(executor, due, now, dead):
    (recurrence,) = fire(now)
    run = as_left_by(dead, recurrence.run)
    Run.objects.filter(pk=run.pk).update(status=Status.SCANNED)

    assert do(executor, run).status == Status.ERROR

    recurrence.refresh_from_db()
    assert do(executor, recurrence.run).status == Status.PROCESSED


def test_a_lost_run_that_a_person_stopped_is_not_taken_up(executor, due, now, dead):
    run = as_left_by(dead, queue(due, Trigger.MANUAL, at=now))
    Run.objects.filter(pk=run.pk).update(stop_asked_at=now)

    run = do(executor, run)

    assert run.status == Status.STOPPED
    assert not Asset.objects.exists()


def test_a_run_that_the_end_of_its_worker_breaks_off_waits_for_another(
    executor, due, now, source, monkeypatch
):
    class Ending(type(source)):
        async def collect(self, context):
            yield host(1)
            executor.end()
            await asyncio.Event().wait()

    monkeypatch.setattr("muster.integrations.registry.SOURCES", {"fake": Ending([])})

    run = do(executor, queue(due, Trigger.MANUAL, at=now))

    assert (run.status, run.error, run.ended_at) == (Status.QUEUED, "", None)
    assert [each.run for each in rows.waiting_runs()] == [run.pk]


def test_a_run_that_is_stopped_stays_so(executor, due, now, source, monkeypatch):
    class Stopping(type(source)):
        async def collect(self, context):
            yield host(1)
            executor.stop({run.uid})
            await asyncio.Event().wait()

    monkeypatch.setattr("muster.integrations.registry.SOURCES", {"fake": Stopping([])})

    run = queue(due, Trigger.MANUAL, at=now)

    assert do(executor, run).status == Status.STOPPED
    assert Task.objects.get(pk=due.pk).failures == 0


def test_a_wrong_password_is_known_by_the_code_of_the_directory(tenant, executor, now):
    tenant.simulator.add_faults({"kind": "aadsts", "code": "50126", "times": None})

    run = tenant.sync("changes", fails=True)

    assert run.code == "AADSTS50126"
    assert "AADSTS50126" in Task.objects.get(pk=run.task_id).held


def test_what_keeps_a_task_from_starting_is_told_by_its_run(executor, due, now, credential):
    run = queue(due, Trigger.MANUAL, at=now)
    credential.delete()

    run = do(executor, run)

    assert run.status == Status.ERROR
    assert "has no credential any more" in run.error


def test_a_task_that_fails_waits_longer_each_time_and_says_so(scope, executor, due, now, source):
    source.error = UnavailableError("throttled", hint="Wait.")

    for times in range(1, 5):
        run = do(executor, queue(due, Trigger.MANUAL, at=now))
        due.refresh_from_db()
        assert (run.status, due.failures) == (Status.ERROR, times)

    (entry,) = task_entries(scope)
    assert entry.fields["trouble"] == "FAILED 4 TIMES IN A ROW"
    source.error = None
    do(executor, queue(due, Trigger.MANUAL, at=now))
    assert Task.objects.get(pk=due.pk).failures == 0


def test_hourly_failures_are_spaced_out(executor, due, now, source):
    source.error = UnavailableError("throttled")
    Task.objects.filter(pk=due.pk).update(failures=5, next_at=now + timedelta(minutes=1))
    due.refresh_from_db()

    do(executor, queue(due, Trigger.MANUAL, at=now))

    assert Task.objects.get(pk=due.pk).next_at == now + timedelta(hours=3)


def test_a_wrong_password_stops_a_task_until_a_person_acts(scope, executor, due, now, source):
    source.locking_codes = frozenset({"AADSTS50126"})
    source.error = AuthError("wrong password", code="AADSTS50126")

    do(executor, queue(due, Trigger.MANUAL, at=now))

    (entry,) = task_entries(scope)
    assert "STOPPED UNTIL A PERSON ACTS" in entry.fields["trouble"]
    assert fire(now + timedelta(days=1)) == []
    source.error = None
    services.resume(scope, due, at=now)
    assert Task.objects.get(pk=due.pk).next_at is not None
    assert len(fire(now + timedelta(hours=1))) == 1


def test_a_name_is_one_living_workers_and_the_next_free_number_is_taken(now, db):
    first = heartbeats.register("", slots=1, at=now)
    second = heartbeats.register("", slots=1, at=now)

    assert first.name.endswith("-1")
    assert second.name.endswith("-2")


def test_workers_of_all_organizations_wait_in_one_queue(scope, due, now):
    run = queue(due, Trigger.MANUAL, at=now)

    (waiting,) = rows.waiting_runs()

    assert (waiting.run, waiting.organization) == (run.pk, scope.organization_id)
    assert ("tenant", due.credential_id) in waiting.lanes
    assert rows.going_runs() == []
    rows.release([run.pk], at=now)
    assert (rows.waiting_runs(), len(rows.going_runs())) == ([], 1)
    assert rows.take_back(now + timedelta(minutes=2)) == 1
    assert len(rows.waiting_runs()) == 1


def test_a_recurrence_names_the_run_that_it_spawned(due, now):
    (recurrence,) = fire(now)

    assert Recurrence.objects.get().run == recurrence.run
