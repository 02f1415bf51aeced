from pathlib import Path

from muster.core.probe_testing import facts, recorded
from muster.probes.snmp.discovery import V2C, engine, is_answer
from muster.probes.snmp.probe import SnmpProbe
from muster.protocols import ber

PROBE = SnmpProbe()
HERE = Path(__file__).parent


def test_an_engine_tells_its_maker_to_anyone():
    context = recorded(PROBE, HERE / "netsnmp.json", options={"snmp-communities": ""})

    (fact,) = facts(PROBE, context)

    assert fact.attributes["snmp.engineEnterprise"] == "8072"
    assert fact.protocols == ("snmp",)


def test_the_mac_in_an_engines_id_is_told():
    id_ = bytes.fromhex("8000000903") + bytes.fromhex("001b54000001")
    security = ber.sequence(ber.element(ber.OCTETS, id_))
    answer = ber.sequence(ber.integer(3), ber.sequence(), ber.element(ber.OCTETS, security))

    found = engine(answer)

    assert found.enterprise == 9
    assert found.macs == ("00:1b:54:00:00:01",)


def test_an_answer_of_another_version_is_none():
    answer = recorded(PROBE, HERE / "netsnmp.json")._datagrams[1][0]

    assert is_answer(answer, version=V2C)
    assert not is_answer(answer, version=0)
    assert not is_answer(b"\x30\x80", version=V2C)
