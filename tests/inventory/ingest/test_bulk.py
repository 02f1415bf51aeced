"""Bulk loads: the same inventory, and the same answers while they run."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings

from inventory.ingest.feeding import SOURCES, device, ingest
from inventory.ingest.snapshots import everything
from inventory.ingest.test_laws import outcome, records
from muster.inventory import engine
from muster.inventory.ingest import Ingestion, bulk
from muster.inventory.models import Asset
from muster.inventory.search import ids

pytestmark = pytest.mark.django_db

DEVICES = [
    device("a1", "ws-1", attributes={"trustType": "AzureAd", "model": "Latitude"}),
    device("a2", "ws-2", attributes={"trustType": "ServerAd"}),
    device("a3", "ws-3"),
]


@pytest.fixture
def always_bulk(monkeypatch):
    """Every run is a bulk load, and rows move whenever three have gathered."""
    monkeypatch.setattr(bulk, "most_direct", lambda: 0)
    monkeypatch.setattr(bulk, "MOST_RECENT", 3)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(made=records())
def test_a_bulk_load_ends_in_the_same_inventory(scope, now, made):
    plain = outcome(scope, made, now)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bulk, "most_direct", lambda: 0)
        patch.setattr(bulk, "MOST_RECENT", 3)
        loaded = outcome(scope, made, now, twice=True)

    assert loaded == plain


def begun(scope, now, records) -> Ingestion:
    """A run that took records and did not end."""
    ingestion = Ingestion(
        scope,
        source="azuread",
        source_id=SOURCES["azuread"],
        instance="tenant",
        site=scope.site(""),
        run_id=1,
        at=now,
    )
    ingestion.take(records)
    return ingestion


def waiting() -> int:
    return int(engine.rows("SELECT COUNT(*) FROM asset_attribute_recent")[0][0])


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("@azuread.dev.trustType:=AzureAd", ["ws-1"]),
        ("NOT has:@azuread.dev.trustType", ["ws-3"]),
        ("@azuread.dev.trustType:%ad", ["ws-1", "ws-2"]),
        ("attribute:model", ["ws-1"]),
    ],
)
def test_what_waits_to_be_moved_is_found_all_the_same(scope, now, monkeypatch, query, names):
    monkeypatch.setattr(bulk, "most_direct", lambda: 0)
    begun(scope, now, DEVICES)

    found = Asset.objects.filter(pk__in=list(ids(scope, query, now=now)))

    assert waiting() > 0
    assert sorted(each.name for each in found) == names


@pytest.mark.usefixtures("always_bulk")
def test_rows_move_as_soon_as_enough_have_gathered(scope, now):
    begun(scope, now, DEVICES)

    assert waiting() == 0


def test_what_a_killed_run_left_is_moved_by_the_next(scope, now, monkeypatch):
    with transaction.atomic():
        ingest(scope, DEVICES, at=now)
        undisturbed = everything(scope.organization_id)
        transaction.set_rollback(True)
    with monkeypatch.context() as patch:
        patch.setattr(bulk, "most_direct", lambda: 0)
        begun(scope, now, DEVICES[:2])

    ingest(scope, DEVICES, at=now)

    assert waiting() == 0
    assert everything(scope.organization_id) == undisturbed


def test_a_change_reaches_rows_that_wait(scope, now, monkeypatch):
    monkeypatch.setattr(bulk, "most_direct", lambda: 0)
    ingestion = begun(scope, now, DEVICES)

    ingestion.take([device("a1", "ws-1", attributes={"trustType": "Workplace"})])
    ingestion.finish()

    assert list(ids(scope, "@azuread.dev.trustType:AzureAd", now=now)) == []
    assert len(list(ids(scope, "@azuread.dev.trustType:Workplace", now=now))) == 1
