"""Matching by more than names, and devices that were set up anew, through the inventory."""

from datetime import timedelta

import pytest

from inventory.ingest.feeding import complete, device, host, ingest
from inventory.ingest.snapshots import everything, machines
from muster.core.records import AssetRecord
from muster.inventory.models import AssetSource
from muster.inventory.selectors import asset_detail

pytestmark = pytest.mark.django_db

A, B = ("azuread", "a"), ("azuread", "b")
S, T = ("runzero", "s"), ("runzero", "t")
M = ("sample", "m")
MAC = "b0:7b:25:00:12:34"


def sample(number: str, name: str = "", **more: object) -> AssetRecord:
    names = (name,) if name else ()
    return AssetRecord(source="sample", id=number, kind="dev", names=names, **more)


def groups(*machines_: set) -> set:
    return {frozenset(each) for each in machines_}


def test_a_mac_joins_a_host_without_a_name(scope, now):
    ingest(scope, [host("s", macs=(MAC,))], at=now)

    ingest(scope, [sample("m", "ws-1", macs=(MAC.upper(),))], at=now)

    assert machines(scope.organization_id) == groups({S, M})
    assert AssetSource.objects.get(foreign_id="m").match_rule == "mac"


def test_a_mac_that_two_records_of_a_source_have_joins_nobody(scope, now):
    ingest(scope, [host("s", macs=(MAC,))], at=now)

    ingest(scope, [sample("m", "ws-1", macs=(MAC,)), sample("n", "ws-2", macs=(MAC,))], at=now)

    assert machines(scope.organization_id) == groups({S}, {M}, {("sample", "n")})


def test_an_address_alone_joins_nobody(scope, now):
    ingest(scope, [host("s", addresses=("10.0.0.7",), seen_at=now)], at=now)

    ingest(scope, [sample("m", "ws-1", addresses=("10.0.0.7",), seen_at=now)], at=now)

    assert machines(scope.organization_id) == groups({S}, {M})


def test_different_serial_numbers_forbid_a_match_by_name(scope, now):
    ingest(scope, [host("s", "ws-1", attributes={"hw.serialNumber": "PF3ABC12"})], at=now)

    ingest(scope, [sample("m", "ws-1", attributes={"serialNumber": "PF3ABC13"})], at=now)

    assert machines(scope.organization_id) == groups({S}, {M})


def anew(now, *, gap: int = 30):
    """A device as it was, and as it was registered anew under its name."""
    old = device("a", "ws-1", seen_at=now - timedelta(days=gap + 10))
    new = device("b", "ws-1", first_seen_at=now - timedelta(days=gap), seen_at=now)
    return old, new


@pytest.mark.parametrize("batch", [1, 10])
def test_of_a_device_registered_anew_the_newer_record_joins_the_host(scope, now, batch):
    ingest(scope, [host("s", "WS-1")], at=now)

    ingest(scope, [*anew(now)], at=now, batch=batch)

    assert machines(scope.organization_id) == groups({A}, {B, S})
    old, new = (AssetSource.objects.get(foreign_id=each) for each in "ab")
    assert (old.superseded_by, new.superseded_by) == (new.pk, None)


def test_a_superseded_record_is_shown_and_found_as_such(scope, now):
    ingest(scope, [*anew(now)], at=now)

    old = AssetSource.objects.get(foreign_id="a")
    detail = asset_detail(scope, str(old.asset.uid))

    assert detail.records[0].superseded_by == "b"
    assert "superseded by" in detail.records[0].reason
    assert detail.records[0].attributes["@azuread.dev.match.superseded"] == "true"


def test_an_old_device_that_signs_in_again_is_a_second_machine(scope, now):
    old, new = anew(now)
    ingest(scope, [host("s", "WS-1")], at=now)
    ingest(scope, [old, new], at=now)

    ingest(scope, [device("a", "ws-1", seen_at=now), new], at=now)

    assert machines(scope.organization_id) == groups({A}, {B}, {S})
    assert not AssetSource.objects.filter(superseded_by__isnull=False).exists()


def test_when_the_newer_record_is_gone_the_old_one_is_no_longer_superseded(scope, now):
    old, new = anew(now)
    ingest(scope, [host("s", "WS-1")], at=now)
    ingest(scope, [old, new], at=now, run_id=1)

    ingest(scope, [old, complete("azuread")], at=now, run_id=2)

    assert AssetSource.objects.get(foreign_id="a").superseded_by is None
    assert {A, S} <= next(m for m in machines(scope.organization_id) if S in m)


def test_nine_records_of_a_name_are_nobodys_history(scope, now):
    old, _ = anew(now)
    more = [
        device(f"d{n}", "ws-1", first_seen_at=now - timedelta(days=n), seen_at=now)
        for n in range(8)
    ]
    ingest(scope, [host("s", "WS-1")], at=now)

    ingest(scope, [old, *more], at=now)

    assert frozenset({S}) in machines(scope.organization_id)


def test_when_a_match_was_made_does_not_change_with_other_attributes(scope, now):
    ingest(scope, [host("s", "WS-1")], at=now)
    ingest(scope, [device("a", "ws-1")], at=now)

    ingest(scope, [device("a", "ws-1", os_version="2")], at=now + timedelta(days=3))

    assert AssetSource.objects.get(foreign_id="a").matched_at == int(now.timestamp())


def key_details(scope, foreign_id: str) -> dict[tuple[str, str], str]:
    asset = AssetSource.objects.get(foreign_id=foreign_id).asset
    record = next(
        each
        for each in asset_detail(scope, str(asset.uid)).records
        if each.foreign_id == foreign_id
    )
    return {(key.rule, key.value): f"{key.outcome}: {key.reason}" for key in record.keys}


def test_every_key_of_a_record_is_explained(scope, now):
    ingest(scope, [host("s", "WS-1", macs=(MAC, "00:00:5e:00:01:0a"), os="Windows")], at=now)
    ingest(scope, [device("a", "ws-1", attributes={"deviceId": "none"})], at=now)
    ingest(scope, [sample("m", "ws-9", macs=(MAC,))], at=now)

    assert key_details(scope, "s") == {
        ("mac", MAC): "vetoed: sample m has it too, but its name is another",
        ("mac", "00:00:5e:00:01:0a"): "refused: shared: VRRP or CARP",
        ("name", "ws-1"): "agrees: azuread a of this asset has it too",
    }
    assert key_details(scope, "a") == {
        ("device-id", "none"): "refused: not an id",
        ("name", "ws-1"): "matched: matched runzero s",
    }


def test_an_ambiguous_key_and_a_veto_are_explained(scope, now):
    ingest(scope, [host("s", "WS-1"), host("t", "WS-2", os="Ubuntu")], at=now)
    ingest(scope, [device("a", "ws-1"), device("b", "ws-1"), device("c", "ws-2")], at=now)

    assert key_details(scope, "s") == {
        ("name", "ws-1"): "ambiguous: 2 records of azuread have it, and none of them leads"
    }
    assert key_details(scope, "t") == {
        ("name", "ws-2"): "vetoed: azuread c has it too, but their operating systems are of"
        " different families"
    }


def test_a_key_that_is_shared_by_thousands_costs_a_count(scope, now, django_assert_max_num_queries):
    phones = [device(f"p{n}", "ws-1") for n in range(2000)]
    ingest(scope, phones, at=now)

    with django_assert_max_num_queries(80):
        ingest(scope, [host("s", "WS-1")], at=now)

    assert frozenset({S}) in machines(scope.organization_id)


def test_ingesting_it_all_twice_changes_nothing(scope, now):
    old, new = anew(now)
    for records in ([host("s", "WS-1", macs=(MAC,))], [old, new], [sample("m", macs=(MAC,))]):
        ingest(scope, records, at=now)
    before = everything(scope.organization_id)

    ingest(scope, [old, new], at=now)
    ingest(scope, [sample("m", macs=(MAC,))], at=now)

    assert everything(scope.organization_id) == before
