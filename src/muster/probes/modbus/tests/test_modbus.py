from pathlib import Path

from muster.core.probe import Safety
from muster.core.probe_testing import RecordedContext, facts, recorded
from muster.probes.modbus.probe import ModbusProbe
from probes.messages import modbus_identification

PROBE = ModbusProbe()
HERE = Path(__file__).parent


def test_maker_product_and_revision_are_told():
    (fact,) = facts(PROBE, recorded(PROBE, HERE / "controller.json"))

    assert fact.attributes["modbus.vendorName"] == "Schneider Electric"
    assert fact.attributes["modbus.productCode"] == "BMX P34 2020"
    assert fact.attributes["modbus.revision"] == "v2.5"


def test_a_controller_that_knows_less_is_asked_for_less_on_the_same_connection():
    refused = bytes.fromhex("0001000000 03ffab03".replace(" ", ""))
    basic = bytes([0, 2]) + modbus_identification()[2:]
    context = RecordedContext(PROBE, connections=[[refused, basic]])

    (fact,) = facts(PROBE, context)

    assert fact.attributes["modbus.vendorName"] == "Schneider Electric"
    assert len(context.streams) == 1


def test_no_register_is_read():
    context = recorded(PROBE, HERE / "controller.json")

    facts(PROBE, context)

    assert [each[7:9] for each in context.streams[0].written] == [b"\x2b\x0e"]


def test_it_runs_only_where_a_person_asked_for_it():
    assert PROBE.safety is Safety.FRAGILE
    assert not PROBE.is_default_on
