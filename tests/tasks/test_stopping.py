"""A run that is stopped ends at once, in the middle of a batch too, and leaves whole pages."""

import threading

import pytest

from inventory.ingest.snapshots import everything
from muster.inventory.ingest import Ingestion
from muster.inventory.ingest.context import RunContext
from muster.tasks.models import Checkpoint, RawData, Run, Status

pytestmark = pytest.mark.django_db

PAGES = {"kind": "page_size", "size": 20, "times": None}
WORK = ("requests", "retries", "restarts")


@pytest.fixture(autouse=True)
def small_batches(monkeypatch):
    monkeypatch.setattr("muster.runner.collecting.RECORDS_AT_ONCE", 20)


@pytest.fixture
def stops(monkeypatch):
    """Return what a run is stopped by when it looks up for the given time."""
    look_up = RunContext.look_up

    def at(times):
        stop, left = threading.Event(), [times]

        def looking(self):
            left[0] -= 1
            if left[0] == 0:
                stop.set()
            look_up(self)

        monkeypatch.setattr(RunContext, "look_up", looking)
        return stop

    return at


def stored(tenant):
    """What is in the tables, but for how many users a group has, and how much is kept of the run.

    The former is counted once a run has ended.
    """
    found = everything(tenant.scopes["changes"].organization_id)
    kept = list(RawData.objects.values_list("parts", flat=True))
    return {name: rows for name, rows in found.items() if name != "groups"}, kept


def done(run):
    return {name: count for name, count in run.statistics.items() if name not in WORK}


@pytest.mark.parametrize("times", [2, 23, 38, 51])
def test_stopped_anywhere_in_a_batch_a_run_goes_on_to_where_an_undisturbed_one_ends(
    tenant, stops, times
):
    tenant.simulator.add_faults(PAGES)
    undisturbed = tenant.sync("whole")

    stopped = tenant.sync("changes", stop=stops(times), fails=True)
    assert (stopped.status, stopped.is_complete) == (Status.STOPPED, False)
    run = tenant.sync("changes")

    assert tenant.differences() == {}
    assert done(run) == done(undisturbed)
    assert not Checkpoint.objects.exists()


def test_of_a_batch_that_is_dropped_nothing_is_stored_counted_or_kept(tenant, stops, monkeypatch):
    tenant.simulator.add_faults(PAGES)
    take, befores = Ingestion.take, []

    def taking(self, records, *, along=lambda: None):
        befores.append((stored(tenant), self.statistics.as_dict()))
        take(self, records, along=along)

    monkeypatch.setattr(Ingestion, "take", taking)
    run = tenant.sync("changes", stop=stops(23), fails=True)

    # The last of all only says what is incomplete.
    assert run.status == Status.STOPPED
    assert befores[-1] == befores[-2]


def test_whoever_stops_a_run_does_not_wait_for_what_is_counted_afterwards(
    tenant, stops, monkeypatch
):
    tenant.simulator.add_faults(PAGES)
    finish, seen = Ingestion.finish, []

    def finishing(self, **given):
        seen.append(Run.objects.latest("pk").status)
        return finish(self, **given)

    monkeypatch.setattr(Ingestion, "finish", finishing)

    tenant.sync("changes", stop=stops(23), fails=True)

    assert seen == [Status.STOPPED]
