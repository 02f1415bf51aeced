"""The scan of the same network: readable records, known devices, strangers and traps."""

import io
from collections import Counter

import orjson
import pytest

from muster.core import ndjson
from muster.core.records import AssetRecord, CollectionReport, ServiceRecord
from muster.simulator.directory.hosts import expectations, hosts

SCAN = {"seed": 3, "count": 600}


@pytest.fixture
def records(tenant):
    lines = b"".join(orjson.dumps(each) + b"\n" for each in hosts(tenant, **SCAN))
    return list(ndjson.read(io.BytesIO(lines)))


@pytest.fixture
def assets(records):
    return {each.id: each for each in records if isinstance(each, AssetRecord)}


@pytest.fixture
def expected(tenant):
    return expectations(tenant, **SCAN)


def test_the_scan_is_the_same_each_time(tenant):
    assert list(hosts(tenant, **SCAN)) == list(hosts(tenant, **SCAN))


def test_each_collection_ends_with_its_true_report(records, assets):
    services = [each for each in records if isinstance(each, ServiceRecord)]
    reports = [each for each in records if isinstance(each, CollectionReport)]

    assert records[-2:] == reports
    assert [(each.collection, each.records) for each in reports] == [
        ("assets", len(assets)),
        ("services", len(services)),
    ]
    assert all(each.complete for each in reports)
    assert len(assets) == 600


def test_services_belong_to_hosts_and_to_their_addresses(records, assets):
    services = [each for each in records if isinstance(each, ServiceRecord)]

    assert all(each.address in assets[each.asset_id].addresses for each in services)
    assert {each.port for each in services} >= {22, 80, 443, 445, 3389, 9100, 161}


def test_every_host_is_scanned_and_most_are_alive(assets):
    alive = sum(each.is_alive for each in assets.values())

    assert all(each.is_scanned and each.source == "runzero" for each in assets.values())
    assert 500 < alive < 600
    assert all(each.first_seen_at < each.seen_at for each in assets.values())


def test_addresses_and_macs_are_not_given_twice(assets):
    addresses = Counter(each for host in assets.values() for each in host.addresses)
    macs = Counter(each for host in assets.values() for each in host.macs)

    assert max(addresses.values()) == 1
    assert max(macs.values()) == 1


def test_a_host_that_joins_a_device_joins_the_true_one(expected):
    joined = [each for each in expected if each.device_id is not None]

    assert 280 <= len(joined) <= 380
    assert all(each.device_id == each.truth for each in joined)


def test_about_six_in_ten_are_devices_of_the_directory(expected):
    assert 330 <= sum(each.truth is not None for each in expected) <= 390


@pytest.mark.parametrize(
    "reason",
    [
        "several devices have the name",
        "several hosts have the name",
        "the device is inactive",
        "the operating systems contradict each other",
        "the scan knows the device by another name",
        "two hosts share a generic name",
        "nothing but an address is known",
        "a phone with a made-up MAC",
        "the directory does not know such hosts",
    ],
)
def test_the_scan_holds_every_trap(expected, reason):
    trapped = [each for each in expected if each.reason == reason]

    assert trapped
    assert all(each.device_id is None for each in trapped)


def test_a_machine_registered_twice_is_ambiguous_only_while_both_are_imported(tenant, expected):
    twice = {each.host_id for each in expected if len(each.candidates) == 2 and each.device_id}
    strict = expectations(tenant, include_inactive=True, **SCAN)
    then = {each.host_id: each for each in strict}

    assert twice
    assert all(then[each].device_id is None for each in twice)


def test_a_host_may_have_a_name_cut_to_fifteen_characters(assets, expected, tenant):
    cut = [
        each
        for each in expected
        if each.device_id and len(tenant.get("devices", each.device_id)["displayName"]) > 15
    ]

    assert any(max(len(name) for name in assets[each.host_id].names) == 15 for each in cut)


def test_some_hosts_have_several_addresses_or_made_up_macs(assets):
    firsts = [int(mac[:2], 16) for each in assets.values() for mac in each.macs]

    assert any(len(each.addresses) == 3 for each in assets.values())
    assert any(first & 2 for first in firsts)
    assert any(not each.names for each in assets.values())


def test_a_scan_of_an_empty_directory_is_all_strangers(found):
    empty = found(devices=0, users=0, groups=0)

    assert all(each.device_id is None for each in expectations(empty, seed=1, count=40))


def test_a_scan_of_a_tenant_that_has_lived_holds_its_expectations(tenant):
    for day in range(4):
        tenant.evolve(seed=day, share=0.1)

    joined = [each for each in expectations(tenant, **SCAN) if each.device_id]

    assert len(joined) > 200
    assert all(each.device_id == each.truth for each in joined)


def test_a_small_scan_has_the_asked_number_of_hosts(tenant):
    assert len(expectations(tenant, seed=1, count=5)) == 5
    assert expectations(tenant, seed=1, count=0) == []


def test_a_scan_follows_a_rename(tenant):
    known = next(each for each in expectations(tenant, **SCAN) if each.device_id)
    tenant.update("devices", known.device_id, displayName="BRAND-NEW")

    after = expectations(tenant, **SCAN)

    assert any("brand-new" in name.casefold() for each in after for name in each.names)
