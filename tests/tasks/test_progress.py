"""How far a run is: collected, stored, how fast, what remains."""

import asyncio
from datetime import timedelta

import pytest

from muster.core.records import Collection
from muster.core.source import SilentProgress
from muster.inventory.ingest import Ingestion
from muster.tasks.connectors import run_now
from muster.tasks.models import Run, Status
from muster.tasks.progress import Progress
from tasks.conftest import WHOLE, host

HOSTS = [host(number) for number in range(100)]


def seconds(number):
    return timedelta(seconds=number)


def test_collected_and_stored_are_counted_apart(now):
    progress = Progress()
    progress.acquire(Collection.ASSETS, 100, 400)
    progress.acquire(Collection.USERS, 7, None)
    progress.process([*HOSTS[:40], WHOLE])

    told = progress.document(now)

    assert told["acquisition"] == {
        "assets": {"done": 100, "total": 400},
        "users": {"done": 7, "total": None},
    }
    assert told["processing"] == {"assets": 40}


def test_what_remains_is_guessed_by_the_rate_of_late(now):
    progress = Progress()
    progress.acquire(Collection.ASSETS, 100, 300)
    progress.document(now)
    progress.process(HOSTS)

    told = progress.document(now + seconds(10))

    assert (told["records_per_second"], told["remaining_seconds"]) == (10.0, 20)


def test_a_rate_forgets_what_was_long_ago(now):
    progress = Progress()
    progress.acquire(Collection.ASSETS, 100, 200)
    progress.document(now)
    progress.process(HOSTS)
    progress.document(now + seconds(10))

    told = [progress.document(now + seconds(each)) for each in range(20, 80, 10)]

    assert told[-1]["records_per_second"] == 0
    assert told[-1]["remaining_seconds"] is None


def test_a_clock_that_goes_back_does_no_harm(now):
    progress = Progress()
    progress.process(HOSTS)
    progress.document(now)

    assert progress.document(now - seconds(60))["records_per_second"] == 0


def test_a_run_that_goes_on_goes_on_counting():
    progress = Progress.of({"processing": {"assets": 60}})

    progress.process(HOSTS[:5])

    assert progress.processed["assets"] == 65


@pytest.mark.django_db
def test_a_run_says_how_far_it_is_while_it_waits_for_its_source(
    scope, task, source, now, monkeypatch
):
    seen = []

    class Waiting(type(source)):
        async def collect(self, context):
            context.progress.advance(Collection.ASSETS, 1, 2)
            yield host(1)
            yield WHOLE
            while not seen:  # noqa: ASYNC110 - another thread sees it
                await asyncio.sleep(0.01)

    ticks = []

    def clock():
        """A clock that goes on, and looks at the run's row each time."""
        ticks.append(None)
        found = Run.objects.filter(task=task).first()
        if found and found.progress.get("processing"):
            seen.append(found)
        return now + seconds(len(ticks))

    monkeypatch.setattr("muster.integrations.registry.SOURCES", {"fake": Waiting([])})

    run = run_now(scope, task, watcher=SilentProgress(), clock=clock)

    assert seen[0].status == Status.ACTIVE
    assert seen[0].progress["acquisition"]["assets"] == {"done": 1, "total": 2}
    assert seen[0].heartbeat_at > now
    assert run.progress["processing"] == {"assets": 1}


@pytest.mark.django_db
def test_a_run_that_has_collected_all_is_scanned_until_all_is_stored(
    scope, task, watcher, now, monkeypatch
):
    finish, seen = Ingestion.finish, []

    def finishing(self, **given):
        seen.append(Run.objects.get(task=task).status)
        return finish(self, **given)

    monkeypatch.setattr(Ingestion, "finish", finishing)

    run = run_now(scope, task, watcher=watcher, clock=lambda: now)

    assert (seen, run.status) == ([Status.SCANNED], Status.PROCESSED)
