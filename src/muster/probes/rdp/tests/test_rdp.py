from pathlib import Path

from muster.core.probe_testing import RecordedContext, facts, recorded
from muster.probes.rdp.probe import RdpProbe
from probes.certificates import certificate

PROBE = RdpProbe()
HERE = Path(__file__).parent


def test_windows_tells_its_name_by_certificate_and_by_ntlm():
    der = certificate("LAPTOP-ENTRA7.corp.contoso.example")
    context = recorded(PROBE, HERE / "windows.json", certificate=der)

    (fact,) = facts(PROBE, context)

    assert fact.protocols == ("rdp", "tls")
    assert fact.names[0] == "laptop-entra7.corp.contoso.example"
    assert fact.attributes["ntlmssp.osVersion"] == "10.0.22631"
    assert fact.attributes["tls.cn"] == "LAPTOP-ENTRA7.corp.contoso.example"
    assert fact.attributes["rdp.security"] == "nla"


def test_the_oldest_security_is_told_as_such():
    confirm = bytes.fromhex("0300000b06d00000123400")

    (fact,) = facts(PROBE, RecordedContext(PROBE, connections=[[confirm]]))

    assert fact.attributes == {"rdp.security": "rdp"}
