import pytest

from muster.core.errors import ConfigError
from muster.core.probe import Need, Reach, Safety
from muster.probes.registry import (
    FRAGILE_PORTS,
    PROBES,
    UNTOUCHED_PORTS,
    default_names,
    for_port,
    needs,
    of_reach,
    probe,
)

ALL = frozenset(PROBES)


def names(*given, **more):
    return [each.name for each in for_port(*given, **({"names": ALL} | more))]


@pytest.mark.parametrize("each", PROBES.values(), ids=lambda each: each.name)
def test_a_probe_declares_itself(each):
    assert each.name == each.name.casefold().strip()
    assert each.label
    assert each.__doc__
    assert all(0 < port < 65_536 for port in each.ports)
    assert all(option.name.startswith(each.name.split("-")[0]) for option in each.options)
    assert all(option.help for option in each.options)
    assert each.transport in {"tcp", "udp"}
    assert each.ports or each.name == "banner"


def test_options_of_two_probes_are_never_called_the_same():
    named = [option.name for each in PROBES.values() for option in each.options]

    assert len(named) == len(set(named))


def test_a_fragile_probe_is_never_on_by_default():
    fragile = {each.name for each in PROBES.values() if each.safety is Safety.FRAGILE}

    assert fragile == {"modbus"}
    assert not fragile & default_names()


def test_an_unknown_name_is_told_with_those_there_are():
    with pytest.raises(ConfigError, match="no probe named 'smtpp'") as caught:
        probe("smtpp")

    assert "smtp" in caught.value.hint


def test_a_port_is_asked_by_the_probes_that_know_it():
    assert names(22, "tcp") == ["ssh"]
    assert names(443, "tcp") == ["tls", "http"]
    assert names(161, "udp") == []


def test_a_port_that_nobody_knows_is_listened_to():
    assert names(4711, "tcp") == ["banner"]
    assert names(4711, "tcp", names=ALL - {"banner"}) == []


def test_what_was_heard_on_a_port_calls_the_probe_that_speaks_it():
    assert names(4711, "tcp", protocols=["ssh"]) == ["ssh"]
    assert names(4711, "tcp", protocols=["tls", "http"]) == ["tls", "http"]
    assert names(4711, "tcp", protocols=["vnc"]) == []


@pytest.mark.parametrize("port", sorted(UNTOUCHED_PORTS))
def test_a_printers_raw_port_is_left_alone(port):
    assert names(port, "tcp") == []
    assert names(port, "tcp", protocols=["http"]) == []


@pytest.mark.parametrize("port", sorted(FRAGILE_PORTS))
def test_a_controllers_port_gets_no_general_probe(port):
    assert names(port, "tcp", names=default_names()) == []
    assert names(port, "tcp", protocols=["http", "ssh"], names=default_names()) == []


def test_a_controllers_port_is_asked_by_its_probe_where_a_person_chose_it():
    assert names(502, "tcp") == ["modbus"]


def test_what_a_choice_of_probes_needs_is_known():
    assert needs(["mdns-multicast", "ssh"]) == {Need.MULTICAST}
    assert [each.name for each in of_reach(Reach.SEGMENT, ALL)] == [
        "mdns-multicast",
        "ssdp-multicast",
    ]
