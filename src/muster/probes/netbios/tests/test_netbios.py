from pathlib import Path

from muster.core.probe_testing import RecordedContext, facts, recorded
from muster.probes.netbios.probe import NetbiosProbe
from probes.messages import netbios_status

PROBE = NetbiosProbe()
HERE = Path(__file__).parent


def test_name_domain_and_mac_are_told():
    (fact,) = facts(PROBE, recorded(PROBE, HERE / "windows.json"))

    assert fact.names == ("LAPTOP-ENTRA7",)
    assert fact.domains == ("CONTOSO",)
    assert fact.macs == ("3c:52:82:00:00:07",)


def test_the_mac_of_zeros_that_samba_tells_is_none():
    context = RecordedContext(PROBE, datagrams=[[netbios_status(mac=bytes(6))]])

    (fact,) = facts(PROBE, context)

    assert fact.macs == ()
    assert "netbios.macs" not in fact.attributes


def test_silence_is_no_fact():
    assert facts(PROBE, RecordedContext(PROBE)) == []
