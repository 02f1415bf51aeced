import pytest

from inventory.ingest.feeding import complete, device, host, ingest
from inventory.ingest.snapshots import everything, machines
from muster.inventory.models import Asset, AssetSource
from muster.organizations.services import create_site

pytestmark = pytest.mark.django_db

A, B = ("azuread", "a"), ("azuread", "b")
S, T = ("runzero", "s"), ("runzero", "t")


def groups(*machines_: set) -> set:
    return {frozenset(each) for each in machines_}


def test_a_device_joins_the_host_of_its_name_whatever_case_and_domain(scope, now):
    ingest(scope, [host("s", "WS-0042")], at=now)

    ingest(scope, [device("a", "ws-0042.corp.example")], at=now)

    assert machines(scope.organization_id) == groups({A, S})


def test_the_reason_of_a_match_is_kept_with_the_key_and_the_other_record(scope, now):
    ingest(scope, [host("s", "WS-0042")], at=now)

    ingest(scope, [device("a", "ws-0042")], at=now)

    record = AssetSource.objects.get(foreign_id="a")
    partner = AssetSource.objects.get(foreign_id="s")
    assert (record.match_rule, record.match_key, record.match_record) == (
        "name",
        "ws-0042",
        partner.pk,
    )


def test_an_unmatched_device_makes_an_asset_in_the_site_of_the_task(scope, now):
    site = create_site(scope, "Berlin", at=now)

    ingest(scope, [device("a", "ws-0042")], at=now, site="Berlin")

    assert [each.site_id for each in Asset.objects.all()] == [site.pk]


def test_a_site_isolates(scope, now):
    create_site(scope, "Berlin", at=now)
    ingest(scope, [host("s", "WS-0042")], at=now, site="Berlin", instance="berlin")

    ingest(scope, [device("a", "ws-0042")], at=now)

    assert machines(scope.organization_id) == groups({A}, {S})


def test_an_organization_isolates(scope, other_scope, now):
    ingest(other_scope, [host("s", "WS-0042")], at=now)

    ingest(scope, [device("a", "ws-0042")], at=now)

    assert machines(scope.organization_id) == groups({A})
    assert machines(other_scope.organization_id) == groups({S})


def test_a_name_that_two_devices_share_matches_none_of_them(scope, now):
    ingest(scope, [host("s", "WS-0042")], at=now)

    ingest(scope, [device("a", "ws-0042"), device("b", "ws-0042")], at=now)

    assert machines(scope.organization_id) == groups({A}, {B}, {S})


def test_a_second_device_of_the_name_on_a_later_page_takes_the_match_back(scope, now):
    ingest(scope, [host("s", "WS-0042")], at=now)

    ingest(scope, [device("a", "ws-0042"), device("b", "ws-0042")], at=now, batch=1)

    assert machines(scope.organization_id) == groups({A}, {B}, {S})


def test_a_match_heals_when_the_other_device_of_the_name_is_gone(scope, now):
    ingest(scope, [host("s", "WS-0042")], at=now)
    ingest(scope, [device("a", "ws-0042"), device("b", "ws-0042")], at=now, run_id=1)

    ingest(scope, [device("b", "ws-0042"), complete("azuread")], at=now, run_id=2)

    assert machines(scope.organization_id) == groups({A}, {B, S})


def test_contradicting_systems_are_two_machines(scope, now):
    ingest(scope, [host("s", "WS-0042", os="Ubuntu Linux 22.04")], at=now)

    ingest(scope, [device("a", "ws-0042", os="Windows")], at=now)

    assert machines(scope.organization_id) == groups({A}, {S})


def test_a_name_cut_by_netbios_matches_the_only_device_that_begins_so(scope, now):
    ingest(scope, [host("s", "MF-BER-LAPTOP-0")], at=now)

    ingest(scope, [device("a", "MF-BER-LAPTOP-0421")], at=now)

    assert machines(scope.organization_id) == groups({A, S})
    assert Asset.objects.get().name == "MF-BER-LAPTOP-0421"


def test_a_cut_name_that_two_devices_begin_with_matches_neither(scope, now):
    ingest(scope, [host("s", "MF-BER-LAPTOP-0")], at=now)

    ingest(scope, [device("a", "MF-BER-LAPTOP-0421"), device("b", "MF-BER-LAPTOP-0422")], at=now)

    assert machines(scope.organization_id) == groups({A}, {B}, {S})


def test_two_long_names_that_only_begin_alike_are_two_machines(scope, now):
    ingest(scope, [host("s", "mf-ber-laptop-0421.corp.example")], at=now)

    ingest(scope, [device("a", "MF-BER-LAPTOP-0422")], at=now)

    assert machines(scope.organization_id) == groups({A}, {S})


@pytest.mark.parametrize("name", ["localhost", "iPhone", "192.168.1.7", "", "android"])
def test_a_name_that_any_machine_could_have_is_no_evidence(scope, now, name):
    ingest(scope, [host("s", name)], at=now)

    ingest(scope, [device("a", name)], at=now)

    assert machines(scope.organization_id) == groups({A}, {S})


def test_a_renamed_device_stays_with_its_machine(scope, now):
    ingest(scope, [host("s", "WS-0042")], at=now)
    ingest(scope, [device("a", "ws-0042")], at=now)

    ingest(scope, [device("a", "finance-7")], at=now)

    assert machines(scope.organization_id) == groups({A, S})


def test_a_renamed_device_moves_to_the_host_that_has_its_new_name(scope, now):
    ingest(scope, [host("s", "WS-0042"), host("t", "FINANCE-7")], at=now)
    ingest(scope, [device("a", "ws-0042")], at=now)

    ingest(scope, [device("a", "finance-7")], at=now)

    assert machines(scope.organization_id) == groups({S}, {A, T})


def test_hosts_scanned_after_the_sync_join_their_devices(scope, now):
    ingest(scope, [device("a", "ws-0042"), complete("azuread")], at=now)

    ingest(scope, [host("s", "WS-0042")], at=now)

    assert machines(scope.organization_id) == groups({A, S})
    assert Asset.objects.get().source_mask == (1 << 1) | (1 << 16)


def test_excluded_unknown_devices_are_in_no_list_until_a_scan_finds_them(scope, now):
    statistics = ingest(scope, [device("a", "ws-0042")], at=now, exclude_unknown=True)
    assert (statistics.assets_excluded, Asset.objects.count()) == (1, 0)

    ingest(scope, [host("s", "WS-0042")], at=now)

    assert machines(scope.organization_id) == groups({A, S})


def test_devices_excluded_once_are_imported_when_the_choice_changes(scope, now):
    ingest(scope, [device("a", "ws-0042")], at=now, exclude_unknown=True)

    ingest(scope, [device("a", "ws-0042")], at=now)

    assert Asset.objects.count() == 1


def test_ingesting_twice_changes_nothing(scope, now):
    hosts = [host("s", "WS-0042", addresses=("10.0.0.7",), attributes={"ip.ttl.hops": "3"})]
    devices = [
        device("a", "ws-0042", attributes={"trustType": "AzureAd"}),
        device("b", "x"),
        complete("azuread"),
    ]
    ingest(scope, hosts, at=now)
    ingest(scope, devices, at=now)
    before = everything(scope.organization_id)

    ingest(scope, hosts, at=now)
    again = ingest(scope, devices, at=now)

    assert everything(scope.organization_id) == before
    assert (again.assets_unchanged, again.assets_changed, again.assets_new) == (2, 0, 0)
