"""Laws that hold for every history of records."""

import itertools
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inventory.ingest.feeding import device, host, ingest, service
from inventory.ingest.snapshots import everything
from muster.core.records import AnyRecord, AssetRecord
from muster.inventory.models import Asset, AssetSource

pytestmark = pytest.mark.django_db

NAMES = st.sampled_from(
    ["ws-1", "WS-1.corp.example", "ws-2", "mf-ber-laptop-0", "mf-ber-laptop-01", "iphone", ""]
)
SYSTEMS = st.sampled_from(["", "Windows 11", "Ubuntu"])
START = datetime(2026, 6, 1, tzinfo=UTC)
DAYS = st.one_of(st.none(), st.sampled_from([0, 10, 40]))
MACS = st.sampled_from(["", "b0:7b:25:00:00:01", "B0-7B-25-00-00-02", "00:e0:4c:00:00:01"])
SERIALS = st.sampled_from(["", "PF3ABC12", "pf3abc13", "None"])
DEVICE_IDS = st.sampled_from(["", *(f"743eb05a-0000-4000-8000-00000000000{n}" for n in (1, 2))])
ADDRESSES = st.sampled_from(["", "10.0.0.7", "10.0.0.8"])
law = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def sample(number: str, name: str, *, os: str = "", **more: object) -> AssetRecord:
    names = (name,) if name else ()
    return AssetRecord(source="sample", id=number, kind="dev", names=names, os=os, **more)


@st.composite
def evidence(draw) -> dict[str, object]:
    """Everything but the name that a record can be known by, and when it was in use."""
    attributes = {
        "deviceId": draw(DEVICE_IDS),
        "azureADDeviceId": draw(DEVICE_IDS),
        "serialNumber": draw(SERIALS),
        "physicalIds": draw(st.sampled_from(["", "[HWID]:h:1"])),
        "trustType": draw(st.sampled_from(["", "Workplace"])),
    }
    registered, signed_in = draw(DAYS), draw(DAYS)
    return {
        "macs": tuple(filter(None, [draw(MACS)])),
        "addresses": tuple(filter(None, [draw(ADDRESSES)])),
        "attributes": {name: value for name, value in attributes.items() if value},
        "is_active": draw(st.booleans()),
        "first_seen_at": None if registered is None else START + timedelta(days=registered),
        "seen_at": None if signed_in is None else START + timedelta(days=signed_in),
    }


@st.composite
def records(draw) -> list[AssetRecord]:
    return [
        make(f"{prefix}{number}", draw(NAMES), os=draw(SYSTEMS), **draw(evidence()))
        for make, prefix in ((device, "a"), (host, "s"), (sample, "m"))
        for number in range(draw(st.integers(0, 3)))
    ]


@st.composite
def scans(draw) -> list[AnyRecord]:
    numbers = [f"s{number}" for number in range(draw(st.integers(1, 3)))]
    ports = draw(st.sets(st.tuples(st.sampled_from(numbers), st.integers(1, 3))))
    return [
        *(host(number, draw(NAMES)) for number in numbers),
        *(service(number, port, attributes={"banner": "x"}) for number, port in sorted(ports)),
    ]


def ingest_in_order(
    scope, ordered: Sequence[AnyRecord], now, *, batch: int = 1000
) -> dict[str, object]:
    for _, group in itertools.groupby(ordered, key=lambda record: record.source):
        ingest(scope, list(group), at=now, batch=batch)
    return everything(scope.organization_id)


def outcome(scope, ordered, now, *, twice: bool = False, batch: int = 1000) -> dict[str, object]:
    """The inventory after ingesting into an empty one, which is left empty."""
    with transaction.atomic():
        found = ingest_in_order(scope, ordered, now, batch=batch)
        if twice:
            found = ingest_in_order(scope, ordered, now, batch=batch)
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
@given(data=st.data(), made=scans(), batch=st.integers(1, 3))
def test_services_may_come_in_any_order_and_twice(scope, now, data, made, batch):
    shuffled = data.draw(st.permutations(made))

    assert outcome(scope, shuffled, now, batch=batch, twice=True) == outcome(scope, made, now)


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
