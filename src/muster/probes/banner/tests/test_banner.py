from muster.core.probe_testing import RecordedContext, facts
from muster.probes.banner.probe import BannerProbe

PROBE = BannerProbe()


def heard(*connections, **given):
    return facts(PROBE, RecordedContext(PROBE, connections=connections, **given))


def test_a_greeting_tells_its_protocol():
    (fact,) = heard([b"SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n"])

    assert fact.protocols == ("ssh",)
    assert fact.attributes["banner"] == "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3"


def test_an_unknown_greeting_is_kept_with_its_bytes():
    (fact,) = heard([b"hello\x00\x01\n"])

    assert fact.protocols == ()
    assert fact.attributes["banner"] == "hello"
    assert fact.raw == b"hello\x00\x01\n"


def test_a_silent_port_is_offered_tls():
    (fact,) = heard([], [], certificate=b"any")

    assert fact.protocols == ("tls",)


def test_a_port_without_tls_is_asked_for_a_page():
    (fact,) = heard([], [b"HTTP/1.1 400 Bad Request\r\n\r\n"])

    assert fact.protocols == ("http",)


def test_a_silent_port_is_left_alone_where_asking_is_off():
    context = RecordedContext(PROBE, connections=[[]], options={"banner-ask": "false"})

    assert facts(PROBE, context) == []
    assert context.said == b""


def test_a_greeting_of_ftp_and_of_mail_are_told_apart():
    (ftp,) = heard([b"220 NAS FTP server ready.\r\n"])
    (mail,) = heard([b"220 mx.example ESMTP Postfix\r\n"])

    assert (ftp.protocols, mail.protocols) == (("ftp",), ("smtp",))
