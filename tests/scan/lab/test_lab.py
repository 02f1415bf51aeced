"""Whole scans against real services, judged by what the lab knows of itself."""

import contextlib
import subprocess

import pytest

from muster.core.scanfile import ScanStatus
from scan.lab.lab import HOSTS, Lab
from scan.lab.network import FARM_SIZE, farm_address, farm_mac
from scan.lab.watching import watched
from scan.scanning import Scanned, scanned, wanted

WIDE = "10.98.0.0/19"
WIDE_SIZE = 8192


@pytest.fixture(scope="session")
def found(the_lab: Lab) -> Scanned:
    """One scan with every probe, control systems included."""
    asked = wanted(
        ["10.99.0.0/27", "10.97.0.8/29"], probes="all", fragile=True, nameservers=["10.99.0.15"],
        host_rate=400.0, ports="21-25,53,80,135-139,443-445,502,515,631,1883,3389,6379,9100,U:161",
    )  # fmt: skip
    return the_lab.network.inside("scanner", lambda: scanned(asked))


@pytest.mark.parametrize("short", HOSTS)
def test_every_host_is_found_with_its_own_mac(found, short):
    assert found.assets[HOSTS[short].address].macs[0] == HOSTS[short].mac


@pytest.mark.parametrize("short", [each for each, host in HOSTS.items() if host.ports])
def test_every_open_port_is_found(found, short):
    ports = {port for address, transport, port in found.ports
             if address == HOSTS[short].address and transport == "tcp"}  # fmt: skip

    assert ports >= set(HOSTS[short].ports)


@pytest.mark.parametrize(
    "short", [each for each, host in HOSTS.items() if host.name and each != "television"]
)
def test_every_host_is_called_what_it_calls_itself(found, short):
    names = {each.casefold() for each in found.assets[HOSTS[short].address].names}

    assert HOSTS[short].name.casefold() in names


@pytest.mark.parametrize(
    ("short", "says"),
    [
        ("linux", "Linux linux01 6.1.0"),
        ("printer", "Brother NC-8900h"),
        ("windows", "10.0.22631"),
        ("server", "10.0.20348"),
        ("television", "Living Room TV"),
        ("controller", "BMX P34 2020"),
    ],
)
def test_every_host_says_what_it_is(found, short, says):
    said = [value for fact in found.facts if fact.address == HOSTS[short].address
            for value in fact.attributes.values()]  # fmt: skip

    assert any(says in each for each in said)


@pytest.mark.parametrize(
    ("short", "os", "kind", "hardware"),
    [
        ("linux", "Debian Linux", "", ""),
        ("server", "Windows Server 2022", "Server", ""),
        ("windows", "Windows 11 (22631)", "", ""),
        ("television", "Tizen", "TV", "UE55TU7000"),
        ("printer", "", "Printer", "HL-L2350DW"),
        ("controller", "", "Industrial Control", "Modicon M340"),
    ],
)
def test_every_host_is_known_for_what_it_plays(found, short, os, kind, hardware):
    asset = found.assets[HOSTS[short].address]

    assert (asset.os, asset.device_type, asset.hardware) == (os, kind, hardware)


def test_a_mac_behind_a_router_is_told_by_the_router(found):
    assert found.assets["10.97.0.10"].macs == ("3c:52:82:00:97:0a",)


def test_a_host_that_drops_everything_is_seen_by_its_arp(found):
    assert found.assets[HOSTS["silent"].address].attributes["scan.how"] == "arp"


def test_a_controller_sees_one_connection_at_a_time_and_each_ends_with_a_fin(found, the_lab):
    events = the_lab.services.log("controller").split("\n")

    assert "open 1" in events
    assert set(events) <= {"ready", "open 1", "end fin", ""}


def test_a_printer_prints_nothing(found, the_lab):
    events = the_lab.services.log("printer")

    assert "accepted 9100" in events
    assert "printed" not in events


def test_a_scan_that_ended_says_so(found):
    assert found.end.status is ScanStatus.COMPLETE
    assert found.header.engine == "raw"
    assert found.header.unseen == ()


def test_two_hundred_hosts_are_found_whole(the_lab):
    asked = wanted(["10.99.0.0/24"], ports="20-25,80,443,8000-8010")

    result = the_lab.network.inside("scanner", lambda: scanned(asked))

    farm = [farm_address(each) for each in range(FARM_SIZE)]
    assert {(address, port) for address, _, port in result.ports} >= {
        (address, port) for address in farm for port in (22, 80, 443)
    }
    assert [result.assets[each].macs for each in farm] == [
        (farm_mac(each),) for each in range(FARM_SIZE)
    ]


def test_no_handshake_is_left_unfinished_and_none_is_reset(the_lab):
    asked = wanted(["10.99.0.32-10.99.0.255"], ports="20-25,80,443")

    with watched(the_lab.network) as seen:
        the_lab.network.inside("scanner", lambda: scanned(asked))

    left = subprocess.run(
        ["ip", "netns", "exec", the_lab.network.name("farm"), "ss", "-Htan", "state",
         "syn-recv", "state", "established", "state", "close-wait"],
        capture_output=True, check=True,
    ).stdout  # fmt: skip
    assert left == b""
    assert seen.resets == 0


def test_ipv6_is_scanned_like_ipv4(the_lab):
    asked = wanted(["fd99::11-fd99::12", "fd99::77"], ports="22,80,443,445,7")

    result = the_lab.network.inside("scanner", lambda: scanned(asked))

    assert {(address, port) for address, _, port in result.ports} == {
        ("fd99::11", 22), ("fd99::12", 445)
    }  # fmt: skip
    assert result.assets["fd99::11"].macs == (HOSTS["linux"].mac,)


def test_two_addresses_of_one_machine_are_one_asset(the_lab):
    asked = wanted(["10.99.0.12", "fd99::12"], ports="445")

    result = the_lab.network.inside("scanner", lambda: scanned(asked))

    [machine] = result.assets.values()
    assert set(machine.addresses) == {"10.99.0.12", "fd99::12"}


def test_the_rates_hold_on_the_wire(the_lab):
    asked = wanted(["10.99.0.0/24"], ports="1-20", rate=1000.0, host_rate=40.0)

    with watched(the_lab.network) as seen:
        the_lab.network.inside("scanner", lambda: scanned(asked))

    assert len(seen.packets) > 3500
    assert seen.busiest_target() <= 40
    assert seen.most_in_a_second() <= 1020


def test_the_rate_is_used_and_not_passed(the_lab):
    """How near below the rate it stays on a quiet machine is told by benchmarks/scan.py."""
    asked = wanted(["10.98.0.0/21"], ports="80", skip_liveness=True, rate=1000.0, host_rate=40.0)

    with watched(the_lab.network) as seen:
        the_lab.network.inside("scanner", lambda: scanned(asked))

    assert seen.most_in_a_second() <= 1020
    assert len(seen.packets) / (seen.packets[-1].at - seen.packets[0].at) >= 800


def test_probes_keep_the_rate_of_a_host_too(the_lab):
    asked = wanted(["10.99.0.11"], probes="default", rate=1000.0, host_rate=40.0, ports="22,80,443")

    with watched(the_lab.network) as seen:
        result = the_lab.network.inside("scanner", lambda: scanned(asked))

    assert {each.probe for each in result.facts} >= {"ssh", "http", "tls", "snmp"}
    assert seen.most_in_a_second("10.99.0.11") <= 40


def test_an_excluded_address_never_sees_a_packet(the_lab):
    asked = wanted(
        ["10.99.0.8/29"], exclude=["10.99.0.11", "10.99.0.13-10.99.0.14"], probes="default",
        ports="22,80,445", host_rate=400.0,
    )  # fmt: skip

    with watched(the_lab.network) as seen:
        the_lab.network.inside("scanner", lambda: scanned(asked))

    assert "10.99.0.12" in seen.targets()
    assert not seen.targets() & {"10.99.0.11", "10.99.0.13", "10.99.0.14"}


def test_with_one_percent_lost_nearly_every_port_is_found(the_lab):
    asked = wanted([WIDE], ports="80", skip_liveness=True)

    with _loss(the_lab, "wide", "0.01"):
        result = the_lab.network.inside("scanner", lambda: scanned(asked))

    assert len(result.ports) >= 0.999 * WIDE_SIZE


def test_without_privilege_the_same_ports_are_found(the_lab):
    asked = wanted(["10.99.0.8-10.99.0.90"], ports="20-25,80,443,445,3389")

    plain = the_lab.network.inside("scanner", lambda: scanned(asked), is_plain=True)
    raw = the_lab.network.inside("scanner", lambda: scanned(asked))

    assert plain.ports == raw.ports
    assert plain.header.engine == "connect"
    assert any("MAC" in each for each in plain.header.unseen)
    assert not any(each.macs for each in plain.assets.values())


def test_one_machine_that_answers_for_a_network_is_noticed(the_lab):
    asked = wanted(["10.98.7.0/24"], ports="80,81")

    result = the_lab.network.inside("scanner", lambda: scanned(asked))

    assert any("every address of 10.98.7.0/24 answers alike" in each for each in result.errors)


def test_nobody_there_is_an_end_with_a_reason(the_lab):
    asked = wanted(["10.97.0.100-10.97.0.110"], ports="80")

    result = the_lab.network.inside("scanner", lambda: scanned(asked))

    assert result.end.status is ScanStatus.COMPLETE
    assert result.end.reason == "none of the 11 addresses answered"
    assert "route" in result.end.hint


@contextlib.contextmanager
def _loss(lab: Lab, short: str, share: str):
    rule = ["-m", "statistic", "--mode", "random", "--probability", share, "-j", "DROP"]

    def change(action: str) -> None:
        for chain in ("INPUT", "OUTPUT"):
            lab.network.start(short, "iptables", action, chain, *rule).wait(10)

    change("-A")
    try:
        yield
    finally:
        change("-D")
