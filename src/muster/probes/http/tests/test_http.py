from pathlib import Path

from muster.core.probe import Target
from muster.core.probe_testing import RecordedContext, facts, recorded
from muster.probes.http.probe import HttpProbe

PROBE = HttpProbe()
HERE = Path(__file__).parent
PLAIN = Target("192.0.2.10", 80, "tcp")


def test_windows_tells_its_name_where_it_asks_to_sign_in():
    (fact,) = facts(PROBE, recorded(PROBE, HERE / "iis.json"), PLAIN)

    assert fact.names == ("laptop-entra7.corp.contoso.example",)
    assert fact.attributes["http.head.server"] == "Microsoft-IIS/10.0"
    assert fact.attributes["html.title"] == "401 – Unauthorized"
    assert fact.attributes["html.inputs"] == "text:u"
    assert fact.attributes["ntlmssp.osVersion"] == "10.0.22631"


def test_the_value_of_a_cookie_is_not_kept():
    (fact,) = facts(PROBE, recorded(PROBE, HERE / "iis.json"), PLAIN)

    assert fact.attributes["http.head.setCookie"] == "session"


def test_a_redirect_is_followed_and_the_icon_is_hashed():
    context = recorded(PROBE, HERE / "printer.json")

    (fact,) = facts(PROBE, context, PLAIN)

    assert fact.attributes["http.uri"] == "/general/status.html"
    assert fact.attributes["html.title"] == "Brother MFC-L2710DW series"
    assert fact.attributes["favicon.ico.image.md5"] == "061eeec6466b17ff0464451182ed0fa9"
    assert fact.attributes["favicon.ico.image.mmh3"] == "1009572144"
    assert b"GET /icon.ico HTTP/1.1\r\n" in context.said


def test_a_redirect_to_another_server_is_not_followed():
    elsewhere = b"HTTP/1.1 302 Found\r\nLocation: http://198.51.100.1/\r\n\r\n"
    context = RecordedContext(PROBE, connections=[[elsewhere]], options={"http-icon": "false"})

    (fact,) = facts(PROBE, context, PLAIN)

    assert fact.attributes["http.code"] == "302"
    assert len(context.targets) == 1


def test_a_port_that_wants_tls_is_asked_again_with_it():
    refused = b"HTTP/1.1 400 Bad Request\r\n\r\nThe plain HTTP request was sent to HTTPS port"
    page = b"HTTP/1.1 200 OK\r\nServer: nginx\r\n\r\n<title>Login</title>"
    context = RecordedContext(PROBE, connections=[[refused], [page]], certificate=b"any")

    (fact,) = facts(PROBE, context, Target("192.0.2.10", 8080, "tcp"))

    assert fact.protocols == ("http", "tls")
    assert fact.attributes["html.title"] == "Login"


def test_what_a_page_asks_a_password_for_is_told():
    page = b'HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm="HP LaserJet"\r\n\r\n'

    (fact,) = facts(PROBE, RecordedContext(PROBE, connections=[[page]]), PLAIN)

    assert fact.attributes["http.realm"] == "HP LaserJet"


def test_a_compressed_bomb_is_cut():
    import zlib

    bomb = zlib.compress(bytes(5_000_000))
    page = b"HTTP/1.1 200 OK\r\nContent-Encoding: deflate\r\n\r\n" + bomb

    (fact,) = facts(PROBE, RecordedContext(PROBE, connections=[[page]]), PLAIN)

    assert len(fact.raw) <= 16 * 1024
