"""Laws that hold for every history of records."""

import itertools
from collections.abc import Sequence

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inventory.ingest.feeding import device, host, ingest
from inventory.ingest.snapshots import everything
from muster.core.records import AssetRecord
from muster.inventory.models import Asset, AssetSource

pytestmark = pytest.mark.django_db

NAMES = st.sampled_from(
    ["ws-1", "WS-1.corp.example", "ws-2", "mf-ber-laptop-0", "mf-ber-laptop-01", "iphone", ""]
)
SYSTEMS = st.sampled_from(["", "Windows 11", "Ubuntu"])
law = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def sample(number: str, name: str, *, os: str = "") -> AssetRecord:
    names = (name,) if name else ()
    return AssetRecord(source="sample", id=number, kind="dev", names=names, os=os)


@st.composite
def records(draw) -> list[AssetRecord]:
    return [
        make(f"{prefix}{number}", draw(NAMES), os=draw(SYSTEMS))
        for make, prefix in ((device, "a"), (host, "s"), (sample, "m"))
        for number in range(draw(st.integers(0, 3)))
    ]


def ingest_in_order(scope, ordered: Sequence[AssetRecord], now) -> dict[str, object]:
    for _, group in itertools.groupby(ordered, key=lambda record: record.source):
        ingest(scope, list(group), at=now)
    return everything(scope.organization_id)


def outcome(scope, ordered, now, *, twice: bool = False) -> dict[str, object]:
    """The inventory after ingesting into an empty one, which is left empty."""
    with transaction.atomic():
        found = ingest_in_order(scope, ordered, now)
        if twice:
            found = ingest_in_order(scope, ordered, now)
        transaction.set_rollback(True)
    return found


@law
@given(data=st.data(), made=records())
def test_neither_the_order_of_records_nor_of_sources_matters(scope, now, data, made):
    shuffled = data.draw(st.permutations(made))

    assert outcome(scope, shuffled, now) == outcome(scope, made, now)


@law
@given(made=records())
def test_ingesting_twice_is_ingesting_once(scope, now, made):
    assert outcome(scope, made, now, twice=True) == outcome(scope, made, now)


@law
@given(made=records())
def test_no_asset_is_without_records_and_no_source_twice_on_one(scope, now, made):
    with transaction.atomic():
        ingest_in_order(scope, made, now)
        held = list(AssetSource.objects.values_list("asset_id", "source_id"))
        assets = set(Asset.objects.values_list("pk", flat=True))
        transaction.set_rollback(True)

    assert len(held) == len(set(held))
    assert {asset for asset, _ in held} == assets
