from pathlib import Path

from muster.core.probe_testing import facts, recorded
from muster.probes.smb.probe import SmbProbe

PROBE = SmbProbe()
HERE = Path(__file__).parent


def test_windows_tells_its_name_domain_and_build():
    (fact,) = facts(PROBE, recorded(PROBE, HERE / "windows.json"))

    assert fact.names == ("laptop-entra7.corp.contoso.example",)
    assert fact.domains == ("corp.contoso.example", "CONTOSO", "contoso.example")
    assert fact.attributes["ntlmssp.osVersion"] == "10.0.22631"
    assert fact.attributes["ntlmssp.netbiosComputer"] == "LAPTOP-ENTRA7"
    assert fact.attributes["smb.signing"] == "required"


def test_the_version_that_samba_always_says_is_not_believed():
    (fact,) = facts(PROBE, recorded(PROBE, HERE / "samba.json"))

    assert fact.attributes["ntlmssp.version"] == "6.1.0"
    assert "ntlmssp.osVersion" not in fact.attributes
    assert "FILESRV02" in fact.names


def test_nobody_signs_in():
    context = recorded(PROBE, HERE / "windows.json")

    facts(PROBE, context)

    assert b"NTLMSSP\x00\x01\x00\x00\x00" in context.said
    assert b"NTLMSSP\x00\x03\x00\x00\x00" not in context.said
