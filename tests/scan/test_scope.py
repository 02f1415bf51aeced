"""What a person may write as targets, and what is left of it."""

import time
from ipaddress import IPv4Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muster.core.errors import ConfigError
from muster.scan.scope import MOST_ADDRESSES, Scope, parse_scope


def _addresses(scope: Scope) -> list[str]:
    return [str(scope.at(number)) for number in range(len(scope))]


def _nobody(name: str) -> list[str]:
    return []


def test_every_form_of_target_is_read():
    scope = parse_scope(["10.0.0.0/30,10.0.1.7", "10.0.2.1-10.0.2.3 10.0.3.8-9", "2001:db8::/127"])

    assert _addresses(scope) == [
        *("10.0.0.0", "10.0.0.1", "10.0.0.2", "10.0.0.3"),
        *("10.0.1.7", "10.0.2.1", "10.0.2.2", "10.0.2.3", "10.0.3.8", "10.0.3.9"),
        *("2001:db8::", "2001:db8::1"),
    ]


def test_an_address_in_two_targets_is_scanned_once():
    assert len(parse_scope(["10.0.0.0/24", "10.0.0.128/25", "10.0.0.200-10.0.1.5"])) == 262


def test_a_name_is_resolved_and_remembered():
    scope = parse_scope(["printer.example"], resolve=lambda _name: ["10.0.0.9", "2001:db8::9"])

    assert _addresses(scope) == ["10.0.0.9", "2001:db8::9"]
    assert scope.names == {"10.0.0.9": "printer.example", "2001:db8::9": "printer.example"}


def test_defaults_are_the_subnets_of_the_site():
    scope = parse_scope(["defaults", "192.168.0.1"], defaults=["10.4.0.0/31"])

    assert _addresses(scope) == ["10.4.0.0", "10.4.0.1", "192.168.0.1"]


def test_exclusions_are_left_out():
    scope = parse_scope(["10.0.0.0/29"], exclude=["10.0.0.0", "10.0.0.3-10.0.0.5", "10.0.0.7"])

    assert scope.texts() == ("10.0.0.1-10.0.0.2", "10.0.0.6")


def test_multicast_and_reserved_addresses_are_never_in_a_scope():
    scope = parse_scope(["223.255.255.254-224.0.0.5", "ff02::1", "0.0.0.1"])

    assert scope.texts() == ("223.255.255.254-223.255.255.255",)


def test_a_network_of_16_million_costs_nothing():
    started = time.process_time()

    scope = parse_scope(["10.0.0.0/8"], exclude=["10.128.0.0/9"])

    assert len(scope) == 1 << 23
    assert str(scope.at(len(scope) - 1)) == "10.127.255.255"
    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    ("targets", "says"),
    [
        ([], "no targets"),
        ([" , "], "no targets"),
        (["10.0.0.0/33"], "no network"),
        (["10.0.0.300"], "no target"),
        (["10.0.0.9-10.0.0.1"], "no range"),
        (["10.0.0.9-2001:db8::1"], "no range"),
        (["10.0.0.1-300"], "no range"),
        (["nowhere.example"], "cannot be resolved"),
        (["defaults"], "no registered subnets"),
        (["224.0.0.0/4"], "no address is left"),
        (["fe80::1"], "link-local"),
        (["fe80::1%eth0"], "link-local"),
        (["2001:db8::/64"], "more than any scan can ask"),
        (["::/0"], "more than any scan can ask"),
        (["x" * 10_000], "too long"),
        (["-oG/etc/passwd"], "no network"),
        (["10.0.0.1\n; rm -rf /"], "no target"),
    ],
)
def test_what_is_no_target_is_told_in_a_sentence(targets, says):
    with pytest.raises(ConfigError, match=says) as told:
        parse_scope(targets, resolve=_nobody)

    assert told.value.hint
    assert len(told.value.message) < 300


def test_an_exclusion_that_cannot_be_resolved_is_an_error():
    with pytest.raises(ConfigError, match="cannot be resolved"):
        parse_scope(["10.0.0.0/24"], exclude=["plc.example"], resolve=_nobody)


def test_the_whole_of_ipv4_is_within_the_limit():
    assert len(parse_scope(["0.0.0.0/0"])) < MOST_ADDRESSES


_NETWORKS = st.builds(
    lambda number, length: str(ip_network((number, length), strict=False)),
    st.integers(int(IPv4Address("10.0.0.0")), int(IPv4Address("10.0.1.255"))),
    st.integers(25, 32),
)


@given(st.lists(_NETWORKS, min_size=1, max_size=6), st.lists(_NETWORKS, max_size=6))
def test_a_scope_is_the_set_of_its_targets_less_the_exclusions(wanted, unwanted):
    expected = {each for text in wanted for each in ip_network(text)}
    expected -= {each for text in unwanted for each in ip_network(text)}
    if not expected:
        expected = {ip_address("192.0.2.1")}
        wanted = ["192.0.2.1"]

    scope = parse_scope(wanted, exclude=unwanted)

    assert [scope.at(number) for number in range(len(scope))] == sorted(expected)
    assert all(each in scope for each in expected)
    assert not any(each in scope for text in unwanted for each in ip_network(text))


@given(st.lists(_NETWORKS, min_size=1, max_size=6))
def test_the_text_of_a_scope_is_the_scope(wanted):
    scope = parse_scope(wanted)

    assert parse_scope(scope.texts()) == scope
