"""Explorers in processes of their own: what they bring is what this server would have collected."""

import pytest

from explorers.processes.places import Places
from muster.explorers.models import Assignment, Chunk
from muster.simulator.demo import demo_server, demo_tenant
from muster.simulator.testing import start_process
from muster.tasks.models import Status
from tasks.killing.databases import Databases
from tasks.worker.processes import Fleet

pytestmark = pytest.mark.django_db(transaction=True)

PAGES = {"kind": "page_size", "size": 20, "times": None}
SLOW = {"kind": "slow", "seconds": 0.1, "times": None}


@pytest.fixture(scope="module")
def databases(tmp_path_factory, django_db_setup, django_db_blocker):
    made = Databases(tmp_path_factory.mktemp("databases"), django_db_blocker.unblock)
    yield made
    made.close()


@pytest.fixture(scope="module")
def simulator():
    with start_process(demo_server(demo_tenant(devices=240, users=60, groups=12))) as running:
        running.add_faults(PAGES, SLOW)
        yield running


@pytest.fixture
def places(databases, simulator, settings, tmp_path):
    settings.MASTER_KEY = ""
    settings.MASTER_KEY_FILE = tmp_path / "master.key"
    settings.ENDPOINTS = {"login": simulator.url, "graph": simulator.url}
    made = Places(databases.new(), simulator, tmp_path, databases.unblock)
    with made.here():
        made.serve()
        made.start("worker")
        yield made
    made.close()


@pytest.fixture(scope="module")
def expected(databases, simulator, tmp_path_factory):
    """What a sync on the server itself leaves, asked for once."""
    kept = []

    def found(settings):
        if not kept:
            folder = tmp_path_factory.mktemp("here")
            settings.MASTER_KEY_FILE = folder / "master.key"
            fleet = Fleet(databases.new(), simulator, folder, databases.unblock)
            with fleet.here():
                fleet.start("w-here")
                run = fleet.run(fleet.task())
                fleet.wait_for(run, Status.PROCESSED)
                kept.append(fleet.found(run))
            fleet.close()
        return kept[0]

    return found


def test_a_task_on_an_explorer_ends_as_one_on_this_server(places, expected, settings):
    explorer = places.enrol("berlin-1")
    places.explore("berlin-1")
    run = places.run(places.task(explorer="berlin-1"))

    places.wait_for(run, Status.PROCESSED)
    import sys
    import time

    run.refresh_from_db()
    print(
        "RAN",
        run.queued_at,
        run.released_at,
        run.started_at,
        run.ended_at,
        time.time(),
        run.statistics,
        file=sys.stderr,
    )
    print(
        list(Assignment.objects.values_list("created_at", "claimed_at", "closed_at", "next")),
        places.said(),
        file=sys.stderr,
    )
    for l in run.log.all():
        print(l.at, l.event, l.fields, file=sys.stderr)

    found = places.found(run)
    assert run.explorer == explorer.uid
    assert not Chunk.objects.exists()
    assert set(Assignment.objects.values_list("sealed", flat=True)) == {""}
    key_file = settings.MASTER_KEY_FILE
    assert found == expected(settings)
    settings.MASTER_KEY_FILE = key_file
