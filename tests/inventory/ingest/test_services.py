"""Services: compared, written where they changed, moved and removed with what they belong to."""

from datetime import timedelta

import pytest

from inventory.ingest.feeding import complete, device, host, ingest, service
from inventory.ingest.snapshots import everything
from muster.core.records import Collection
from muster.inventory import engine
from muster.inventory.ingest import services
from muster.inventory.models import Asset, Service
from muster.inventory.search import ids
from muster.inventory.selectors import asset_detail, service_rows

pytestmark = pytest.mark.django_db

END = complete("runzero", Collection.SERVICES)


def count(table: str) -> int:
    return engine.rows(f"SELECT COUNT(*) FROM {table}")[0][0]


def found(scope, text, now, *, inventory="services") -> list[int]:
    return list(ids(scope, text, now=now, inventory=inventory))


def ports(scope, name: str) -> list[object]:
    return [each["port"] for each in asset_detail(scope, name).services]


def test_a_service_is_found_by_what_it_is_and_by_any_attribute(scope, now):
    web = service(
        "s",
        443,
        protocols=("tls", "http"),
        product="nginx",
        vendor="F5",
        version="1.24.0",
        attributes={"html.title": "Sign-in to Straße", "tls.names": "a.example\tb.example"},
    )

    ingest(scope, [host("s", "ws-1"), web, service("s", 22)], at=now)

    one = [Service.objects.get(port=443).pk]
    for text in (
        "port:443 tcp:443 transport:tcp",
        "protocol:=http protocol:=tls",
        "service_products:nginx service_vendor:=f5 version:>1.9",
        "html.title:STRASSE",
        "tls.names:=b.example",
        "has:html.title attribute:tls",
        "address:10.0.0.0/8 nginx",
    ):
        assert found(scope, text, now) == one, text


def test_ingesting_twice_writes_nothing_but_when_it_was_seen(scope, now, monkeypatch):
    records = [host("s", "ws-1"), service("s", attributes={"banner": "SSH-2.0"}), END]
    ingest(scope, records, at=now)
    before = everything(scope.organization_id)
    written = []
    monkeypatch.setattr(
        engine, "insert", lambda table, _columns, values, **_: written.extend([table] * len(values))
    )
    monkeypatch.setattr(
        engine, "update", lambda table, _columns, values: written.extend([table] * len(values))
    )

    ingest(scope, records, at=now, run_id=2)

    assert written == []
    assert everything(scope.organization_id) == before


def test_only_what_changed_of_a_service_is_written_and_its_id_stays(scope, now):
    old = service("s", product="OpenSSH", attributes={"banner": "one", "ssh.authMethods": "key"})
    new = service("s", product="dropbear", attributes={"banner": "two", "ssh.authMethods": "key"})
    later = now + timedelta(days=1)
    ingest(scope, [host("s", "ws-1"), old], at=now)
    first = Service.objects.get()

    ingest(scope, [host("s", "ws-1"), new], at=later, run_id=2)

    row = Service.objects.get()
    assert (row.pk, row.uid, row.product) == (first.pk, first.uid, "dropbear")
    assert (row.first_seen, row.last_seen) == (int(now.timestamp()), int(later.timestamp()))
    assert found(scope, "banner:two ssh.authMethods:key product:dropbear", now) == [row.pk]
    assert found(scope, "banner:one OR product:openssh", now) == []


def test_services_of_a_host_follow_its_last_complete_scan(scope, now):
    ingest(scope, [host("s", "ws-1"), service("s"), service("s", 80), END], at=now)

    ingest(scope, [host("s", "ws-1"), service("s"), END], at=now, run_id=2)

    assert ports(scope, "ws-1") == [22]
    assert count("service_record") == 1
    assert found(scope, "port:80", now) == []


def test_what_is_removed_leaves_no_attribute_behind(scope, now):
    ingest(scope, [host("s", "ws-1"), service("s", attributes={"banner": "x"}), END], at=now)

    ingest(scope, [host("s", "ws-1"), END], at=now, run_id=2)

    assert [count(each) for each in ("inventory_service", "service_attribute")] == [0, 0]


def test_a_scan_that_did_not_finish_or_did_not_see_the_host_removes_nothing(scope, now):
    ingest(scope, [host("s", "ws-1"), service("s"), END], at=now)

    ingest(scope, [host("s", "ws-1")], at=now, run_id=2)
    ingest(scope, [host("t", "ws-2"), service("t"), END], at=now, run_id=3)

    assert ports(scope, "ws-1") == [22]


def test_services_may_come_before_their_assets(scope, now):
    records = [service("s"), service("t", 80), END, host("s", "ws-1"), host("t", "ws-2")]

    statistics = ingest(scope, records, at=now, batch=1)

    assert (statistics.services, statistics.unreadable) == (2, 0)
    assert (ports(scope, "ws-1"), ports(scope, "ws-2")) == ([22], [80])


def test_a_service_of_an_asset_that_nobody_named_is_counted_not_lost_in_silence(scope, now):
    statistics = ingest(scope, [host("s", "ws-1"), service("nobody")], at=now)

    assert (statistics.services, statistics.unreadable) == (0, 1)


def test_only_so_many_services_wait_for_their_assets(scope, now, monkeypatch):
    monkeypatch.setattr(services, "MOST_WAITING", 2)
    early = [service("s", port) for port in (1, 2, 3)]

    statistics = ingest(scope, [*early, host("s", "ws-1")], at=now, batch=1)

    assert (statistics.services, statistics.unreadable) == (2, 1)


def test_services_move_with_their_record_to_another_asset(scope, now):
    ingest(scope, [device("a", "ws-1"), device("b", "ws-2")], at=now)
    ingest(scope, [host("s", "ws-1"), service("s"), END], at=now)
    assert ports(scope, "ws-1") == [22]

    ingest(scope, [host("s", "ws-2")], at=now, run_id=2)

    assert Asset.objects.count() == 2
    assert (ports(scope, "ws-1"), ports(scope, "ws-2")) == ([], [22])
    assert len(found(scope, "port:22 name:=ws-2", now, inventory="assets")) == 1
    assert found(scope, "_asset.name:ws-1", now) == []


def test_services_are_those_of_the_asset_that_two_became(scope, now):
    ingest(scope, [device("a", "second")], at=now)
    ingest(scope, [host("s", "first"), service("s"), END], at=now)
    apart = Service.objects.get().asset_id

    ingest(scope, [host("s", "second")], at=now, run_id=2)

    assert Service.objects.get().asset_id == Asset.objects.get().pk != apart
    assert ports(scope, "second") == [22]
    assert found(scope, "_asset.source:azuread port:22", now) == found(scope, "", now)


def test_services_of_an_excluded_asset_are_in_no_list_until_a_scan_finds_it(scope, now):
    theirs = service("a", 3389, source="azuread")
    ingest(scope, [device("a", "ws-1"), theirs], at=now, exclude_unknown=True)
    assert found(scope, "", now) == []
    assert found(scope, "NOT port:22", now) == []
    assert service_rows(scope, [Service.objects.get().pk]) == []

    ingest(scope, [host("s", "ws-1")], at=now)

    assert found(scope, "port:3389 name:ws-1", now) == [Service.objects.get().pk]


def test_a_service_of_a_row_says_what_it_is_and_of_which_asset(scope, now):
    ingest(scope, [host("s", "ws-1"), service("s", protocols=("ssh",), product="OpenSSH")], at=now)

    (row,) = service_rows(scope, found(scope, "", now))

    asset = Asset.objects.get()
    assert row == {
        "id": str(Service.objects.get().uid),
        "asset_id": str(asset.uid),
        "asset": "ws-1",
        "address": "10.0.0.1",
        "transport": "tcp",
        "port": 22,
        "protocols": ["ssh"],
        "product": "OpenSSH",
        "site": "Primary",
        "sources": ["runzero"],
        "first_seen": now,
        "last_seen": now,
    }


def test_rows_of_another_organization_are_not_given(scope, other_scope, now):
    ingest(other_scope, [host("s", "ws-1"), service("s")], at=now)

    numbers = list(Service.objects.values_list("pk", flat=True))

    assert service_rows(scope, numbers) == []
    assert len(service_rows(other_scope, numbers)) == 1
    assert found(scope, "", now) == []


def test_hostile_text_of_a_service_is_stored_and_found_not_refused(scope, now):
    nasty = "\x00 nul \ud7ff %_'\";-- \t" + "x" * 5000
    one = service("s", address=nasty, transport=nasty, product=nasty, protocols=(nasty,))
    two = service(nasty[:300], attributes={nasty: nasty})

    statistics = ingest(scope, [host("s", "ws-1"), one, two], at=now)
    again = ingest(scope, [host("s", "ws-1"), one], at=now, run_id=2)

    assert (statistics.services, statistics.unreadable, again.services) == (1, 1, 1)
    assert len(found(scope, "product:nul", now)) == 1
