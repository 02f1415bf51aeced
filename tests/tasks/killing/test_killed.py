"""Killed at any point, again and again, a sync ends where an undisturbed one does."""

import random
from datetime import timedelta

import pytest

from inventory.ingest.snapshots import everything
from muster.core.source import SilentProgress
from muster.credentials.services import NewCredential, create
from muster.organizations.scope import scope_by_name
from muster.simulator.demo import DEMO, demo_server, demo_tenant
from muster.simulator.testing import start_process
from muster.tasks.connectors import connector_task, run_now
from muster.tasks.models import Checkpoint, Run
from tasks.killing.databases import elsewhere
from tasks.killing.processes import forked, sync_in

pytestmark = pytest.mark.django_db(transaction=True)

PAGES = {"kind": "page_size", "size": 20, "times": None}
# So that the process that collects is still at it when the first batch is stored.
LAST_PAGE_LATE = {"kind": "slow", "path": "/users", "min_page": 6, "seconds": 30, "times": None}
KILLED = -9
KILLS = 4
WORK = ("requests", "retries", "restarts")


class Tenant:
    """A simulated tenant, and databases that it is synced into by processes that die."""

    def __init__(self, databases, simulator, now):
        self.databases = databases
        self.simulator = simulator
        self.at = now

    def sync(self, database, *, minutes=0, seconds=None, **death):
        """Return how the process ended that synced; the clock only tells attempts apart."""
        clock = self.at + timedelta(minutes=minutes)
        work = sync_in(database, self.databases.unblock, lambda: self._run(clock), **death)
        return forked(work, after_seconds=seconds)

    def undisturbed(self, database):
        assert self.sync(database) == 0
        return self.found(database)

    def found(self, database):
        """The inventory, and what the last run says of itself."""
        with elsewhere(database, self.databases.unblock):
            run = Run.objects.latest("pk")
            assert run.is_complete, (run.error, run.hint)
            assert not Checkpoint.objects.exists()
            did = {name: count for name, count in run.statistics.items() if name not in WORK}
            return {**everything(run.organization_id), "did": did, "runs": Run.objects.count()}

    def _run(self, clock):
        scope = scope_by_name("")
        secret = {
            "tenant_id": DEMO.tenant_id,
            "client_id": DEMO.client_id,
            "client_secret": DEMO.client_secret,
        }
        from muster.credentials.models import Credential

        found = Credential.objects.first()
        new = NewCredential("demo", "azure_client_secret", secret)
        credential = found or create(scope, new, at=clock, save_anyway=True).credential
        task = connector_task(
            scope, "azuread", credential=credential, site=scope.site(), options={}, at=clock
        )
        run = run_now(scope, task, watcher=SilentProgress(), clock=lambda: clock)
        assert run.is_complete, (run.error, run.hint)


@pytest.fixture(scope="module")
def simulator():
    with start_process(demo_server(demo_tenant(devices=150, users=120, groups=24))) as running:
        yield running


@pytest.fixture(autouse=True)
def small_batches(monkeypatch):
    monkeypatch.setattr("muster.runner.collecting.RECORDS_AT_ONCE", 20)
    monkeypatch.setattr("muster.runner.apart.BYTES_TOGETHER", 1)


@pytest.fixture
def tenant(databases, simulator, settings, tmp_path, now):
    settings.MASTER_KEY = ""
    settings.MASTER_KEY_FILE = tmp_path / "master.key"
    settings.COLLECTS_APART = False
    settings.ENDPOINTS = {"login": simulator.url, "graph": simulator.url}
    simulator.add_faults(PAGES)
    yield Tenant(databases, simulator, now)
    simulator.clear_faults()


@pytest.mark.parametrize("seed", range(4))
def test_killed_at_any_batch_a_sync_ends_as_if_undisturbed(tenant, seed):
    expected = tenant.undisturbed(tenant.databases.new())
    database, draw = tenant.databases.new(), random.Random(seed)

    for attempt in range(KILLS):
        dies = draw.choice(["within", "after"])
        death = {"dies": dies, "batches": draw.randint(6, 14)}
        assert tenant.sync(database, minutes=attempt, **death) == KILLED
    assert tenant.sync(database, minutes=KILLS) == 0

    assert tenant.found(database) == expected


def test_killed_at_any_moment_a_sync_ends_as_if_undisturbed(tenant):
    expected = tenant.undisturbed(tenant.databases.new())
    database, draw = tenant.databases.new(), random.Random(5)

    # One clock for all: killed before its first page, a run leaves nothing to go on from.
    for _ in range(6):
        tenant.sync(database, seconds=draw.uniform(0.02, 0.5))
    assert tenant.sync(database) == 0

    found = tenant.found(database)
    assert {**found, "runs": 0, "did": 0} == {**expected, "runs": 0, "did": 0}


@pytest.mark.parametrize("seed", range(2))
def test_a_sync_of_changes_that_is_killed_ends_as_if_undisturbed(tenant, seed, monkeypatch):
    monkeypatch.setattr("muster.integrations.entra.incremental.OBJECTS_AT_ONCE", 10)
    database, other = tenant.databases.new(), tenant.databases.new()
    for each in (database, other):
        assert tenant.sync(each) == 0
    tenant.simulator.evolve(seed=seed, share=0.4)
    tenant.at += timedelta(days=1)
    expected = tenant.undisturbed(other)
    draw = random.Random(seed)

    for attempt in range(KILLS):
        death = {"dies": draw.choice(["within", "after"]), "batches": draw.randint(2, 4)}
        assert tenant.sync(database, minutes=attempt, **death) == KILLED
    assert tenant.sync(database, minutes=KILLS) == 0

    assert tenant.found(database) == expected


@pytest.mark.parametrize("collector", [False, True])
def test_either_of_two_processes_may_be_killed(tenant, settings, collector):
    settings.COLLECTS_APART = True
    expected = tenant.undisturbed(tenant.databases.new())
    database = tenant.databases.new()

    tenant.simulator.add_faults(LAST_PAGE_LATE)
    # What the first attempt got before its last page, nobody knows: the second has none to wait for.
    for attempt, batches in enumerate([1, 0 if collector else 1]):
        death = {"dies": "after", "batches": batches, "collector": collector}
        assert tenant.sync(database, minutes=attempt, **death) != 0
    tenant.simulator.clear_faults()
    tenant.simulator.add_faults(PAGES)
    assert tenant.sync(database, minutes=2) == 0

    assert tenant.found(database) == expected
