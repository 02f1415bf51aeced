"""Whatever happens to a tenant and to its syncs, what is left is what undisturbed ones leave.

Random histories: days of changes, other settings, syncs of changes and of everything, syncs that
break off here and there, and refused links.
"""

import random

import pytest

from muster.inventory.ingest import Ingestion
from muster.tasks.models import Run

pytestmark = pytest.mark.django_db

OPTIONS = [
    {},
    {"include_inactive": "true"},
    {"exclude_unknown": "true"},
    {"filter": "isManaged eq true or accountEnabled eq false"},
    {"filter": "not(startsWith(operatingSystem, 'Android'))", "inactive_after_days": "21"},
]
REFUSALS = [
    {"kind": "delta_gone"},
    {"kind": "delta_gone", "min_page": 2},
    {"kind": "status", "status": 400},
]
STEPS = 4
SEVERAL = 25
"""So many records are stored at once, and so many objects are on a page."""


@pytest.fixture(autouse=True)
def small_portions(monkeypatch):
    monkeypatch.setattr("muster.runner.collecting.RECORDS_AT_ONCE", SEVERAL)
    monkeypatch.setattr("muster.integrations.entra.incremental.OBJECTS_AT_ONCE", SEVERAL)


@pytest.fixture
def breaking_off(monkeypatch):
    """Let the next sync come to nothing more after so many batches: what it stored remains."""
    take, finish = Ingestion.take, Ingestion.finish

    def arrange(batches):
        left = [batches]

        def counted(self, records, **given):
            if not left[0]:
                monkeypatch.setattr(Ingestion, "finish", dead)
                raise KeyboardInterrupt
            left[0] -= 1
            take(self, records, **given)

        monkeypatch.setattr(Ingestion, "take", counted)

    def dead(self, **_given):
        return self.statistics

    def mend():
        monkeypatch.setattr(Ingestion, "take", take)
        monkeypatch.setattr(Ingestion, "finish", finish)

    arrange.mend = mend
    return arrange


def disturbed(tenant, draw, breaking_off, **how):
    """Sync until it is done, however often that breaks off, and return the last run."""
    for _ in range(draw.randint(0, 2)):
        breaking_off(draw.randint(0, 12))
        try:
            return tenant.sync("changes", **how)
        except KeyboardInterrupt:
            how["full"] = False  # of a run that goes on it is decided
        finally:
            breaking_off.mend()
    return tenant.sync("changes", **how)


def runs(tenant):
    return Run.objects.filter(organization=tenant.scopes["changes"].organization_id).count()


@pytest.mark.parametrize("seed", range(3))
def test_any_history_leads_where_undisturbed_syncs_of_everything_lead(tenant, seed, breaking_off):
    draw = random.Random(seed)
    options = draw.choice(OPTIONS)
    tenant.simulator.add_faults({"kind": "page_size", "size": SEVERAL, "times": None})

    for step in range(STEPS):
        tenant.day(seed * 100 + step, draw.choice([0.0, 0.05, 0.3]))
        options = draw.choice([options, options, *OPTIONS])
        if draw.random() < 1 / 3:
            path = draw.choice(["/v1.0/devices/delta", "/v1.0/groups/delta"])
            tenant.simulator.add_faults({"path": path, "times": 1, **draw.choice(REFUSALS)})
        before = runs(tenant)
        run = disturbed(tenant, draw, breaking_off, full=draw.random() < 1 / 4, **options)
        whole = tenant.sync("whole", full=True, **options)

        assert tenant.differences() == {}, (step, options)
        if runs(tenant) == before + 1:
            assert tenant.reported("changes", run) == tenant.reported("whole", whole)
