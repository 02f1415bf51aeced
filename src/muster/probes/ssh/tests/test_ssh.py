from pathlib import Path

from muster.core.probe_testing import RecordedContext, facts, recorded
from muster.probes.ssh.probe import SshProbe

PROBE = SshProbe()
HERE = Path(__file__).parent


def test_banner_algorithms_and_host_key_are_told():
    (fact,) = facts(PROBE, recorded(PROBE, HERE / "dropbear.json"))

    assert fact.protocols == ("ssh",)
    assert fact.attributes["ssh.banner"] == "dropbear_2022.83"
    assert "curve25519-sha256" in fact.attributes["ssh.kexAlgorithms"].split("\t")
    assert fact.attributes["ssh.hostKey.type"] == "ssh-ed25519"
    assert fact.attributes["ssh.hostKey.sha256"].startswith("SHA256:")


def test_no_key_is_asked_for_where_that_is_off():
    context = recorded(PROBE, HERE / "dropbear.json", options={"ssh-key": "false"})

    (fact,) = facts(PROBE, context)

    assert "ssh.hostKey.sha256" not in fact.attributes
    assert context.said == b""


def test_a_server_that_ends_after_its_banner_is_told_with_it():
    context = RecordedContext(PROBE, connections=[[b"SSH-1.99-Cisco-1.25\r\n"]])

    (fact,) = facts(PROBE, context)

    assert fact.attributes["ssh.banner"] == "Cisco-1.25"


def test_lines_before_the_banner_are_passed_over():
    context = RecordedContext(PROBE, connections=[[b"Welcome\r\nSSH-2.0-OpenSSH_9.7\r\n"]])

    (fact,) = facts(PROBE, context)

    assert fact.attributes["banner"] == "SSH-2.0-OpenSSH_9.7"
