"""TLS: only a trusted certificate of the very name is told anything, over HTTPS and in mail."""

import ssl
from uuid import UUID

import pytest

from muster.notices.sending import mail, webhook
from muster.notices.sending.message import Message
from muster.notices.sending.outcome import SENT, Result
from muster.simulator.certificates import ensure_certificates
from notices.conftest import SECRET
from notices.servers import WebServer

ID = UUID("061786a4-4ce3-4f67-9dfd-581bfbbb1633")


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    return ensure_certificates(tmp_path_factory.mktemp("tls"), ("hooks.corp.example",))


@pytest.fixture
def tls(files):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.certificate, files.key)
    return context


@pytest.fixture
def trusted(files, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(files.authority))


@pytest.fixture
def secure_web(tls):
    with WebServer(tls) as server:
        yield server


@pytest.fixture
def message(now):
    return Message(id=ID, action="task-failed", sentence="Task failed", at=now, organization="Org")


@pytest.fixture
def names(monkeypatch):
    """Every name leads to loopback."""
    answer = [(0, 0, 0, "", ("127.0.0.1", 0))]
    monkeypatch.setattr(
        "muster.notices.sending.addresses.socket.getaddrinfo", lambda *_, **__: answer
    )


def post(server, message, now, host):
    values = {"url": f"https://{host}:{server.port}/x", "secret": SECRET}
    return webhook.post(values, message, at=now, is_internal_allowed=True)


@pytest.mark.usefixtures("names", "trusted")
def test_a_trusted_certificate_of_the_name_is_told(secure_web, message, now):
    assert post(secure_web, message, now, "hooks.corp.example") == SENT


@pytest.mark.usefixtures("names", "trusted")
def test_a_trusted_certificate_of_another_name_is_not(secure_web, message, now):
    outcome = post(secure_web, message, now, "other.corp.example")

    assert outcome.result is Result.LATER
    assert "not trusted" in outcome.why
    assert secure_web.requests == []


@pytest.mark.usefixtures("names")
def test_an_untrusted_certificate_is_not(secure_web, message, now):
    assert post(secure_web, message, now, "hooks.corp.example").result is Result.LATER
    assert secure_web.requests == []


def test_of_several_addresses_one_that_answers_is_enough(web, message, now, monkeypatch):
    both = [(0, 0, 0, "", ("127.0.0.2", 0)), (0, 0, 0, "", ("127.0.0.1", 0))]
    monkeypatch.setattr(
        "muster.notices.sending.addresses.socket.getaddrinfo", lambda *_, **__: both
    )
    values = {"url": f"http://two.example:{web.port}/", "secret": SECRET}

    assert webhook.post(values, message, at=now, is_internal_allowed=True) == SENT
    assert len(web.requests) == 1


def send(values, message, files=None):
    environ = {"SSL_CERT_FILE": str(files.authority)} if files else {}
    return mail.send(values, message, environ=environ, is_internal_allowed=True)


@pytest.fixture
def secured(mailbox, mail_values, tls, security):
    """Values for a mail server that speaks TLS and wants a password."""
    mailbox.manners.tls, mailbox.manners.is_tls_from_start = tls, security == "tls"
    mailbox.manners.password = "correct horse"
    signing_in = {"security": security, "user": "muster", "password": "correct horse"}
    return {**mail_values, **signing_in}


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_mail_goes_encrypted_with_a_password(mailbox, secured, message, files):
    assert send(secured, message, files) == SENT
    assert mailbox.mails[0].user == "muster"


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_mail_and_password_are_kept_from_a_server_that_is_not_trusted(mailbox, secured, message):
    outcome = send(secured, message)

    assert outcome.result is Result.LATER
    assert "not trusted" in outcome.why
    assert (mailbox.mails, mailbox.sign_ins) == ([], 0)
