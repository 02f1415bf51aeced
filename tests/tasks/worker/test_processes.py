"""Real workers, killed, ended, stopped and cut off: what they leave is what one leaves in peace."""

import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections

from muster.organizations.scope import scope_by_name
from muster.simulator.demo import demo_server, demo_tenant
from muster.simulator.testing import start_process
from muster.tasks import services
from muster.tasks.models import Recurrence, Run, Status, Task, Worker
from muster.tasks.schedules import read
from tasks.killing.databases import Databases
from tasks.worker.processes import Fleet, no_database

pytestmark = pytest.mark.django_db(transaction=True)

PAGES = {"kind": "page_size", "size": 20, "times": None}
SLOW = {"kind": "slow", "seconds": 0.05, "times": None}
# So that a run is going still, whatever the machine does, when something happens to it.
LATE = {"kind": "slow", "path": "/users", "min_page": 2, "seconds": 30, "times": None}


@pytest.fixture(scope="module")
def databases(tmp_path_factory, django_db_setup, django_db_blocker):
    made = Databases(tmp_path_factory.mktemp("databases"), django_db_blocker.unblock)
    yield made
    made.close()


@pytest.fixture(scope="module")
def simulator():
    with start_process(demo_server(demo_tenant(devices=300, users=60, groups=12))) as running:
        running.add_faults(PAGES, SLOW)
        yield running


@pytest.fixture
def fleet_on(databases, simulator, settings, tmp_path):
    """Make fleets, each on a database of its own."""
    settings.MASTER_KEY = ""
    settings.MASTER_KEY_FILE = tmp_path / "master.key"
    settings.ENDPOINTS = {"login": simulator.url, "graph": simulator.url}
    fleets = []

    def made():
        fleets.append(Fleet(databases.new(), simulator, tmp_path, databases.unblock))
        return fleets[-1]

    yield made
    for each in fleets:
        each.close()


@pytest.fixture
def fleet(fleet_on):
    return fleet_on()


@pytest.fixture
def held_back(simulator):
    """Let runs store their first pages, and get no further as long as the block lasts."""

    @contextmanager
    def holding():
        simulator.clear_faults()
        simulator.add_faults(PAGES, LATE)
        try:
            yield
        finally:
            simulator.clear_faults()
            simulator.add_faults(PAGES, SLOW)

    return holding


@pytest.fixture(scope="module")
def undisturbed(databases, simulator, tmp_path_factory):
    """What a sync leaves that nobody disturbs, asked for once."""
    kept = []

    def found(fleet):
        if not kept:
            with fleet.here():
                fleet.start("w-9")
                run = fleet.run(fleet.task())
                fleet.wait_for(run, Status.PROCESSED)
                kept.append(fleet.found(run))
            fleet.close()
        return kept[0]

    return found


def test_when_a_worker_is_killed_another_goes_on_and_ends_where_one_in_peace_does(
    fleet_on, undisturbed, held_back
):
    expected = undisturbed(fleet_on())
    fleet = fleet_on()
    with fleet.here():
        run = fleet.run(fleet.task())
        with held_back():
            fleet.start("w-1")
            fleet.wait_until_stored(run)
            fleet.kill("w-1")
        killed_at = datetime.now(UTC)
        fleet.start("w-2")
        fleet.wait(lambda: Run.objects.filter(pk=run.pk, worker="w-2").first())

        assert datetime.now(UTC) - killed_at < timedelta(minutes=1)
        fleet.wait_for(run, Status.PROCESSED)
        assert fleet.found(run) == expected
        assert Run.objects.count() == 1


def test_a_worker_that_is_told_to_end_hands_its_runs_back(fleet_on, undisturbed, held_back):
    expected = undisturbed(fleet_on())
    fleet = fleet_on()
    with fleet.here():
        run = fleet.run(fleet.task())
        with held_back():
            fleet.start("w-1")
            fleet.wait_until_stored(run)
            assert fleet.end("w-1") == 0

        run.refresh_from_db()
        assert (run.status, run.error) == (Status.QUEUED, "")
        assert not Worker.objects.exists()
        fleet.start("w-2")
        fleet.wait_for(run, Status.PROCESSED)
        assert fleet.found(run) == expected


def test_once_a_run_is_stopped_no_page_is_asked_for_and_whole_pages_are_left(
    fleet_on, undisturbed, held_back
):
    expected = undisturbed(fleet_on())
    fleet = fleet_on()
    with fleet.here():
        task = fleet.task()
        run = fleet.run(task)
        with held_back():
            fleet.start("w-1")
            fleet.wait_until_stored(run)
            services.stop(scope_by_name(""), task, at=datetime.now(UTC))
            run = fleet.wait_for(run, Status.STOPPED)
        pages = fleet.pages()

        # By the time that it has ended in order, a worker would have asked for all pages.
        assert fleet.end("w-1") == 0
        assert fleet.pages() == pages
        assert not run.is_complete
        fleet.start("w-2")
        again = fleet.run(task)
        assert again.pk == run.pk
        fleet.wait_for(again, Status.PROCESSED)
        assert fleet.found(again) == expected


def test_two_schedulers_make_one_run_of_each_time(fleet):
    with fleet.here():
        fleet.task(schedule=read("continuous", now=datetime.now(UTC)))
        for name in ("w-1", "w-2"):
            fleet.start(name)
        fleet.wait(lambda: Worker.objects.count() == 2)
        (run,) = fleet.wait(lambda: Run.objects.filter(status=Status.PROCESSED))

        now = datetime.now(UTC)
        Task.objects.update(next_at=now)
        fleet.wait(lambda: Run.objects.filter(status=Status.PROCESSED).count() == 2)

        assert Recurrence.objects.count() == Run.objects.count() == 2
        assert run.trigger == "schedule"


def test_when_the_database_goes_away_and_comes_back_the_run_goes_on(fleet_on, undisturbed):
    expected = undisturbed(fleet_on())
    fleet = fleet_on()
    with fleet.here():
        run = fleet.run(fleet.task())
        fleet.start("w-1")
        fleet.wait_until_stored(run)

        connections["default"].close()
        with no_database(fleet.database):
            time.sleep(3)

        fleet.wait_for(run, Status.PROCESSED)
        assert fleet.found(run) == expected
