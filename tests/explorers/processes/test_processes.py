"""Explorers in processes of their own: what they bring is what this server would have collected."""

import pytest

from explorer.bare import bare_python
from explorers.processes.places import Places
from muster.core.source import SilentProgress
from muster.explorers import editing
from muster.explorers.models import Assignment, Chunk
from muster.organizations.scope import scope_by_name
from muster.simulator.demo import demo_server, demo_tenant
from muster.simulator.testing import start_process
from muster.tasks import services
from muster.tasks.connectors import run_now
from muster.tasks.models import Checkpoint, Run, Status
from tasks.killing.databases import Databases, elsewhere
from tasks.worker.processes import Fleet

pytestmark = pytest.mark.django_db(transaction=True)

PAGES = {"kind": "page_size", "size": 20, "times": None}
# Nothing comes behind the first pages until the fault is taken away.
HELD = {"kind": "slow", "path": "/users", "min_page": 2, "seconds": 300, "times": None}


@pytest.fixture(scope="module")
def databases(tmp_path_factory, django_db_setup, django_db_blocker):
    made = Databases(tmp_path_factory.mktemp("databases"), django_db_blocker.unblock)
    yield made
    made.close()


@pytest.fixture(scope="module")
def python(tmp_path_factory):
    return bare_python(tmp_path_factory.mktemp("bare"))


@pytest.fixture
def simulator():
    with start_process(demo_server(demo_tenant(devices=120, users=80, groups=12))) as running:
        running.add_faults(PAGES)
        yield running


@pytest.fixture
def places(databases, simulator, python, settings, tmp_path):
    settings.MASTER_KEY = ""
    settings.MASTER_KEY_FILE = tmp_path / "master.key"
    settings.ENDPOINTS = {"login": simulator.url, "graph": simulator.url}
    made = Places(databases.new(), simulator, tmp_path, databases.unblock, python=python)
    try:
        with made.here():
            made.serve()
            yield made
    finally:
        made.close()


def synced_here(places):
    """Return what a sync in this process leaves, in a database of its own."""
    fleet = Fleet(places.new_database, places.simulator, places.folder, places.unblock)
    with elsewhere(fleet.database, fleet.unblock):
        scope, task = scope_by_name(""), fleet.task()
        return fleet.found(run_now(scope, task, watcher=SilentProgress()))


@pytest.fixture
def held(places, simulator):
    """A run on an Explorer, some of which is stored, while the rest is held back."""
    simulator.add_faults(HELD)
    places.enrol("berlin-1")
    places.explore("berlin-1")
    run = places.run(places.task(explorer="berlin-1"))
    places.wait_until_held(run)
    return run


def test_killed_in_the_middle_an_explorer_goes_on_and_brings_what_this_server_would(
    places, held, simulator, databases
):
    places.kill("berlin-1")
    simulator.clear_faults()
    simulator.add_faults(PAGES)
    places.explore("berlin-1")
    places.wait_for(held, Status.PROCESSED)

    found = places.found(held)
    assert (held.attempt, Run.objects.count()) == (2, 1)
    assert not Chunk.objects.exists()
    assert not Checkpoint.objects.exists()
    assert set(Assignment.objects.values_list("sealed", flat=True)) == {""}
    places.new_database = databases.new()
    assert found == synced_here(places)


def test_a_run_that_is_stopped_ends_and_so_does_the_work_of_its_explorer(places, held, simulator):
    assert places.children_of("berlin-1")

    services.stop(scope_by_name(""), held.task, at=held.started_at)
    places.wait_for(held, Status.STOPPED)
    places.wait(lambda: not places.children_of("berlin-1"))

    simulator.clear_faults()
    again = places.run(held.task)
    places.wait_for(again, Status.PROCESSED)
    assert again.pk == held.pk
    assert places.end("berlin-1") == 0


def test_an_explorer_that_is_revoked_says_so_and_ends_for_good(places, held):
    editing.revoke(scope_by_name(""), Assignment.objects.get().explorer, at=held.started_at)

    places.wait_for(held, Status.ERROR)
    held.refresh_from_db()
    assert "the Explorer berlin-1 was revoked" in held.error
    assert places.ended("berlin-1") == 78
    assert "was revoked" in places.said()["berlin-1.log"]
