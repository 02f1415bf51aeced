from pathlib import Path

from muster.core.probe import Target
from muster.core.probe_testing import RecordedContext, facts, recorded
from muster.probes.mdns.probe import MdnsProbe, MdnsSegmentProbe

PROBE = MdnsProbe()
HERE = Path(__file__).parent


def test_name_services_mac_and_model_are_told():
    (fact,) = facts(PROBE, recorded(PROBE, HERE / "laptop.json"))

    assert fact.names == ("macbook-finance.local",)
    assert fact.macs == ("dc:a6:32:00:00:16",)
    assert fact.attributes["mdns.services"] == "_workstation._tcp\t_ssh._tcp"
    assert fact.attributes["mdns.deviceInfo.model"] == "MacBookPro18,1"


def test_what_a_reflector_passes_on_is_not_its_own_name():
    context = recorded(PROBE, HERE / "laptop.json")

    (fact,) = facts(PROBE, context, Target("192.0.2.1", 5353, "udp"))

    assert fact.names == ()
    assert fact.macs == ()


def test_a_segment_tells_each_host_by_its_own_answer():
    probe = MdnsSegmentProbe()
    answers = [one[0] for one in recorded(PROBE, HERE / "laptop.json")._datagrams][:2]

    found = facts(probe, RecordedContext(probe, datagrams=[answers]))

    assert [each.address for each in found] == ["192.0.2.20", "192.0.2.21"]
    assert found[0].names == ("macbook-finance.local",)


def test_silence_is_no_fact():
    assert facts(PROBE, RecordedContext(PROBE)) == []
