import random
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from muster.core.probe import Fact
from muster.core.records import AssetRecord, ServiceRecord
from muster.fingerprints.again import facts_of, refingerprint
from muster.fingerprints.identity import identify

NOW = datetime(2026, 11, 20, tzinfo=UTC)


def fact(probe, port=0, transport="tcp", **given):
    return Fact(probe=probe, address="192.0.2.10", at=NOW, port=port, transport=transport, **given)


LINUX = [
    fact(
        "ssh", 22, attributes={"ssh.banner": "OpenSSH_9.2p1 Debian-2+deb12u3"}, protocols=("ssh",)
    ),
    fact("http", 80, attributes={"http.head.server": "nginx/1.22.1"}, protocols=("http",)),
    fact(
        "redis",
        6379,
        attributes={"redis.os": "Linux 6.1.0-18-amd64 x86_64"},
        product="Redis",
        version="7.0.15",
    ),
]
WINDOWS = [
    fact("smb", 445, attributes={"ntlmssp.osVersion": "10.0.22631"}),
    fact("http", 80, attributes={"http.head.server": "Microsoft-IIS/10.0"}),
]


def test_the_system_is_told_with_what_was_heard_and_where(own, makers):
    found = identify(LINUX, own, makers)

    assert (found.os, found.os_version) == ("Debian Linux", "12")
    assert found.attributes["fp.os.family"] == "Linux"
    assert found.attributes["fp.os.source"].split("\t")[0] == "ssh.banner tcp/22"
    assert found.attributes["fp.os.matched"].split("\t")[0] == "OpenSSH_9.2p1 Debian-2+deb12u3"


def test_what_answers_on_a_port_is_told(own, makers):
    services = identify(LINUX, own, makers).services

    assert services[(80, "tcp")].product == "nginx"
    assert services[(80, "tcp")].attributes["fp.service.matched"] == "nginx/1.22.1"
    assert (services[(6379, "tcp")].product, services[(6379, "tcp")].version) == ("Redis", "7.0.15")


def test_the_build_of_windows_is_worth_more_than_the_name_of_a_web_server(own, makers):
    found = identify(WINDOWS, own, makers)

    assert (found.os, found.os_version) == ("Windows 11 (22631)", "10.0.22631")


def test_signs_that_agree_beat_a_stronger_one_that_does_not(own, makers):
    container = fact("http", 8080, attributes={"http.head.server": "Apache/2.4.57 (Debian)"})

    found = identify([*WINDOWS, container], own, makers)

    assert found.os == "Windows 11 (22631)"


def test_a_printer_is_a_printer_by_several_signs(own, makers):
    facts = [
        fact(
            "http",
            80,
            attributes={
                "http.head.server": "debut/1.30",
                "html.title": "Brother MFC-L2710DW series",
            },
        ),
        fact("snmp", 161, "udp", attributes={"snmp.sysObjectID": "1.3.6.1.4.1.2435.2.3.9.1"}),
    ]

    found = identify(facts, own, makers)

    assert (found.device_type, found.hardware_vendor, found.hardware) == (
        "Printer",
        "Brother",
        "MFC-L2710DW",
    )
    assert found.attributes["fp.type.source"].startswith("html_title tcp/80")


def test_the_maker_is_that_of_the_mac_where_nothing_else_is_known(own, makers):
    found = identify([fact("arp", macs=("3c:52:82:00:00:07",))], own, makers)

    assert found.hardware_vendor == "Hewlett Packard"
    assert found.attributes == {"fp.mac.vendor": "Hewlett Packard"}


def test_a_mac_that_was_made_up_names_no_maker(own, makers):
    found = identify([fact("arp", macs=("02:42:ac:11:00:02",))], own, makers)

    assert found.hardware_vendor == ""
    assert found.attributes == {"fp.mac.randomized": "true"}


def test_what_another_host_told_is_no_evidence(own, makers):
    told = fact("snmp", attributes={"snmp.sysDescr": "RouterOS RB750"}, via="192.0.2.1")

    assert identify([told], own, makers).os == ""


def test_nothing_is_known_of_nothing(own, makers):
    found = identify([], own, makers)

    assert (found.os, found.device_type, dict(found.attributes)) == ("", "", {})


@given(st.randoms(use_true_random=False))
def test_the_order_of_facts_does_not_matter(own, makers, chance: random.Random):
    facts = [*LINUX, *WINDOWS]
    mixed = list(facts)
    chance.shuffle(mixed)

    assert identify(mixed, own, makers) == identify(facts, own, makers)


ASSET = AssetRecord(
    source="runzero",
    id="1",
    addresses=("192.0.2.10",),
    os="Old OS",
    attributes={"ip.ttl.hops": "1", "fp.os.product": "Old OS", "fp.certainty": "0.10"},
)
SERVICES = [
    ServiceRecord(
        source="runzero",
        asset_id="1",
        address="192.0.2.10",
        transport="tcp",
        port=22,
        protocols=("ssh",),
        attributes={"ssh.banner": "OpenSSH_9.2p1 Debian-2+deb12u3", "fp.service.product": "Old"},
    )
]


def test_stored_records_are_fingerprinted_again_without_a_scan(own, makers):
    asset, (service,) = refingerprint(ASSET, SERVICES, own, makers)

    assert (asset.os, asset.os_version) == ("Debian Linux", "12")
    assert asset.attributes["ip.ttl.hops"] == "1"
    assert asset.attributes["fp.os.product"] == "Debian Linux"
    assert (service.product, service.version) == ("OpenSSH", "9.2p1")
    assert service.attributes["fp.service.product"] == "OpenSSH"


def test_fingerprinting_again_twice_changes_nothing_more(own, makers):
    once = refingerprint(ASSET, SERVICES, own, makers)

    assert refingerprint(*once, own, makers) == once


def test_what_was_concluded_before_is_no_evidence(own, makers):
    facts = facts_of(ASSET, SERVICES)

    assert not any(name.startswith("fp.") for each in facts for name in each.attributes)


def test_what_is_known_from_elsewhere_stays_where_nothing_is_concluded(own, makers):
    asset, _services = refingerprint(ASSET, [], own, makers)

    assert asset.os == "Old OS"
