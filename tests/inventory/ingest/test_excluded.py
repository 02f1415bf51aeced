"""Records that are excluded as unknown stay out until their own run lets them in, or a scan does."""

import itertools

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inventory.ingest.feeding import complete, device, host, ingest
from inventory.ingest.snapshots import everything
from inventory.ingest.test_laws import sample
from muster.inventory.decisions import split_record
from muster.inventory.ingest import Ingestion
from muster.inventory.models import Asset

pytestmark = pytest.mark.django_db

NAMES = st.sampled_from(["ws-1", "ws-2", "ws-1.corp.example"])
MAKERS = {"azuread": (device, "a"), "runzero": (host, "s"), "sample": (sample, "m")}


def names():
    return sorted(Asset.objects.values_list("name", flat=True))


def test_what_another_feed_meets_on_its_way_stays_out(scope, now):
    ingest(scope, [device("a", "ws-1")], at=now, exclude_unknown=True)

    ingest(scope, [host("s", "ws-2"), host("t", "ws-1"), host("u", "ws-1")], at=now)

    assert names() == ["ws-1", "ws-1", "ws-2"]
    assert not Asset.objects.filter(records__feed__source="azuread").exists()


def test_what_loses_its_host_to_a_later_scan_is_unknown_again(scope, now):
    ingest(scope, [host("s", "ws-1")], at=now)
    ingest(scope, [device("a", "ws-1")], at=now, exclude_unknown=True)

    ingest(scope, [host("t", "ws-1")], at=now)

    assert names() == ["ws-1", "ws-1"]
    assert Asset.objects.filter(records__feed__source="azuread").count() == 0


def test_what_was_imported_before_has_an_asset_of_its_own_when_it_loses_its_host(scope, now):
    ingest(scope, [host("s", "ws-1")], at=now)
    ingest(scope, [device("a", "ws-1")], at=now)

    ingest(scope, [host("t", "ws-1")], at=now)

    assert Asset.objects.count() == 3


def test_a_source_that_excludes_nothing_brings_what_another_excluded(scope, now):
    same = {"attributes": {"deviceId": "743eb05a-0000-4000-8000-000000000001"}}
    ingest(scope, [device("a", "ws-1", **same)], at=now, exclude_unknown=True)

    ingest(scope, [sample("m", "ws-1", **same)], at=now)

    assert set(Asset.objects.get().records.values_list("foreign_id", flat=True)) == {"a", "m"}


def test_an_asset_that_falls_apart_goes_to_the_record_that_is_not_excluded(scope, now):
    ingest(scope, [device("a", "ws-1")], at=now, exclude_unknown=True)
    ingest(scope, [sample("m", "ws-1")], at=now)
    uid = Asset.objects.get().uid

    ingest(scope, [device("b", "ws-1")], at=now, exclude_unknown=True)

    [asset] = Asset.objects.all()
    assert (asset.uid, asset.records.get().foreign_id) == (uid, "m")


def test_they_come_back_once_their_own_run_excludes_nothing(scope, now):
    ingest(scope, [device("a", "ws-1"), device("b", "ws-2")], at=now, exclude_unknown=True)

    told = [device("a", "ws-1"), device("b", "ws-2"), complete("azuread")]
    statistics = ingest(scope, told, at=now, run_id=2)

    assert (statistics.assets_new, names()) == (2, ["ws-1", "ws-2"])


def test_what_a_person_splits_off_keeps_an_asset_though_its_source_excludes(scope, now):
    ingest(scope, [host("s", "ws-1")], at=now)
    ingest(scope, [device("a", "ws-1")], at=now, exclude_unknown=True)
    uid = Asset.objects.get().uid

    split_record(scope, uid, source="azuread", foreign_id="a", at=now)
    ingest(scope, [device("a", "ws-1", os="Linux")], at=now, exclude_unknown=True, run_id=2)

    assert names() == ["ws-1", "ws-1"]


def test_a_batch_that_is_not_stored_changes_nothing_for_others(scope, now, monkeypatch):
    ingest(scope, [host("s", "ws-1")], at=now)
    ingest(scope, [device("a", "ws-1")], at=now)
    monkeypatch.setattr(Ingestion, "_take_in_order", fails)
    with pytest.raises(OSError, match="no"):
        ingest(scope, [device("b", "ws-2")], at=now, exclude_unknown=True)
    monkeypatch.undo()

    ingest(scope, [host("t", "ws-1")], at=now)

    assert Asset.objects.count() == 3


def fails(*_given):
    raise OSError("no")


@st.composite
def told(draw):
    return [
        MAKERS[source][0](f"{MAKERS[source][1]}{number}", draw(NAMES))
        for source in MAKERS
        for number in range(draw(st.integers(0, 3)))
    ]


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data(), made=told(), excluding=st.sets(st.sampled_from(["azuread", "sample"])))
def test_the_order_of_records_and_sources_does_not_matter(scope, now, data, made, excluding):
    shuffled = data.draw(st.permutations(made))
    first = outcome(scope, made, now, excluding)

    assert outcome(scope, shuffled, now, excluding) == first


def outcome(scope, ordered, now, excluding):
    with transaction.atomic():
        for source, group in itertools.groupby(ordered, key=lambda record: record.source):
            ingest(scope, list(group), at=now, exclude_unknown=source in excluding)
        found = everything(scope.organization_id)
        transaction.set_rollback(True)
    return found
