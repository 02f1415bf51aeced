from pathlib import Path

from muster.core.probe_testing import RecordedContext, facts, recorded
from muster.probes.ftp.probe import FtpProbe

PROBE = FtpProbe()
HERE = Path(__file__).parent


def test_the_greeting_is_told():
    (fact,) = facts(PROBE, recorded(PROBE, HERE / "vsftpd.json"))

    assert fact.attributes["ftp.banner"] == "(vsFTPd 3.0.3)"


def test_a_greeting_of_several_lines_is_one_text():
    lines = b"220-Welcome to\r\n  the NAS\r\n220 ready\r\n"
    context = RecordedContext(PROBE, connections=[[lines[:9], lines[9:], b"215 UNIX Type: L8\r\n"]])

    (fact,) = facts(PROBE, context)

    assert fact.attributes["ftp.banner"] == "Welcome to the NAS ready"
    assert fact.attributes["ftp.system"] == "UNIX Type: L8"


def test_a_server_that_is_broken_is_told_by_its_words():
    context = RecordedContext(
        PROBE, connections=[[b"500 OOPS: vsftpd: refusing to run with writable root\r\n"]]
    )

    (fact,) = facts(PROBE, context)

    assert fact.attributes["ftp.code"] == "500"
    assert context.said == b""
