"""Workers that start what waits: fairly, within limits, and each no more than it has slots for."""

from collections import Counter
from datetime import timedelta
from uuid import UUID

import pytest

from muster.credentials.services import NewCredential, create
from muster.organizations.scope import scope_by_name
from muster.organizations.services import create_organization
from muster.tasks import engine
from muster.tasks.models import Run, Status, Task, Trigger, Worker
from muster.tasks.queueing import queue
from muster.tasks.schedules import read, to_document
from muster.tasks.worker import rows
from muster.tasks.worker.dispatching import FORGOTTEN, dispatch
from muster.tasks.worker.executing import Executor
from muster.tasks.worker.scheduling import fire
from tasks.conftest import WHOLE, host

pytestmark = pytest.mark.django_db

LIMITS = {"organization": 4, "tenant": 2, "explorer": 1}
ORGANIZATIONS = ("Ada", "Ben", "Cem", "Dot", "Eva")
EXPLORER = UUID("00000000-0000-4000-8000-000000000001")


@pytest.fixture(autouse=True)
def started(monkeypatch):
    """What workers have started, in order; and the thread of a test is not the engine's."""
    runs = []
    monkeypatch.setattr(engine, "start", lambda run, *, attempt: runs.append((run, attempt)))
    monkeypatch.setattr("muster.tasks.worker.executing.connections.close_all", lambda: None)
    return runs


def worker(name, now, *, slots=2):
    """A worker that lives on another machine than the others."""
    row = Worker.objects.create(
        name=name, host=name, pid=1, slots=slots, started_at=now, heartbeat_at=now
    )
    return Executor(row, lambda: now)


def tasks(organization, at, *, number, credentials=(), **fields):
    """Make tasks of an organization, due at once, that share its credentials."""
    schedule = to_document(read("hourly", now=at))
    return Task.objects.bulk_create(
        Task(
            organization=organization,
            name=f"{organization.name} {each}",
            site=organization.sites.first(),
            source="fake",
            credential=credentials[each % len(credentials)] if credentials else None,
            schedule=schedule,
            next_at=at,
            created_at=at,
            **fields,
        )
        for each in range(number)
    )


def queued(scope, at, *, number, **fields):
    made = tasks(scope.organization, at, number=number, **fields)
    return [queue(each, Trigger.MANUAL, at=at) for each in made]


def test_a_worker_starts_no_more_than_it_has_slots_for(scope, now, started):
    queued(scope, now, number=5)
    executor = worker("w-1", now)

    assert dispatch(now, limits={}, executor=executor) == 2
    assert dispatch(now, limits={}, executor=executor) == 0
    assert len(started) == 2


def test_workers_share_what_waits(scope, now, started):
    queued(scope, now, number=4)
    first, second = (worker(name, now, slots=4) for name in ("w-1", "w-2"))

    assert dispatch(now, limits={}, executor=first) == 2
    assert dispatch(now, limits={}, executor=second) == 2
    assert len({run for run, _ in started}) == 4


def test_a_worker_that_is_alone_takes_all(scope, now):
    queued(scope, now, number=4)
    Worker.objects.create(
        name="w-0", host="w-0", pid=1, slots=4, started_at=now, heartbeat_at=now, ending_at=now
    )

    assert dispatch(now, limits={}, executor=worker("w-1", now, slots=4)) == 4


def test_what_was_started_and_never_begun_is_started_again(scope, now, started):
    (run,) = queued(scope, now, number=1)
    dispatch(now, limits={}, executor=worker("w-1", now))

    later = now + FORGOTTEN + timedelta(seconds=1)
    assert dispatch(later, limits={}, executor=worker("w-2", later)) == 1

    assert started == [(str(run.uid), 1), (str(run.uid), 2)]


def test_a_run_that_is_brought_to_a_worker_without_a_slot_waits_for_another(scope, now):
    (run,) = queued(scope, now, number=1)
    executor = worker("w-1", now, slots=1)
    executor.expect(EXPLORER)
    rows.release([run.pk], at=now)

    executor.do(str(run.uid))

    assert [each.run for each in rows.waiting_runs()] == [run.pk]


def test_a_lost_run_that_is_brought_to_a_worker_without_a_slot_waits_for_another(scope, now):
    (run,) = queued(scope, now, number=1)
    Run.objects.filter(pk=run.pk).update(
        status=Status.ACTIVE, worker="w-0", host="w-0", pid=1, released_at=now
    )
    executor = worker("w-1", now, slots=1)
    executor.expect(EXPLORER)

    executor.do(str(run.uid))

    assert [each.run for each in rows.waiting_runs()] == [run.pk]


def test_a_worker_that_has_done_a_run_says_that_a_slot_is_free(due, now):
    executor = worker("w-1", now)

    executor.do(str(queue(due, Trigger.MANUAL, at=now).uid))

    assert executor.freed.is_set()
    assert executor.free() == 2


def organizations(now):
    """Make organizations, each with two credentials."""
    for name in ORGANIZATIONS:
        create_organization(name, at=now)
        scope = scope_by_name(name)
        values = {"address": "here", "token": "right"}
        new = [NewCredential(f"{name} {each}", "fake_token", values) for each in (1, 2)]
        yield scope.organization, [create(scope, each, at=now).credential for each in new]


def test_a_thousand_due_tasks_are_done_fairly_within_limits(now, source, started):
    """One organization has most of them; the others do not wait for it."""
    source.records = [host(1), WHOLE]
    for number, (organization, credentials) in enumerate(organizations(now)):
        tasks(organization, now, number=800 if number == 0 else 50, credentials=credentials)
    executors = [worker(f"w-{number}", now, slots=5) for number in range(4)]
    rounds = []

    while fire(now):
        pass
    while rows.is_any_waiting():
        for each in executors:
            dispatch(now, limits=LIMITS, executor=each)
        rounds.append(rows.going_runs())
        do_all(started, executors)

    assert Run.objects.filter(status=Status.PROCESSED).count() == 1000
    # As long as each has some waiting, each has as many going as any other.
    assert all(served == [4] * 5 for served in map(served_by, rounds[:12]))
    assert (
        max(n for going in rounds for lane, n in shared(going).items() if lane[0] == "tenant") == 2
    )


def served_by(going):
    return list(Counter(each.organization for each in going).values())


def shared(going):
    return Counter(lane for each in going for lane in each.lanes)


def do_all(started, executors):
    """Do what was started: every fourth run really, so that all of this takes seconds."""
    for number, (run, _) in enumerate(started):
        if number % 4 == 0:
            executors[0]._expected.clear()
            executors[0].do(run)
            assert Run.objects.get(uid=run).is_complete
        else:
            Run.objects.filter(uid=run).update(status=Status.PROCESSED)
    started.clear()
    for each in executors:
        each._expected.clear()
