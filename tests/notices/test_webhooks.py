"""Webhooks: what is posted, how it is signed, and where nothing is posted to."""

import base64
import hashlib
import hmac
import json
import logging
from datetime import timedelta
from uuid import UUID

import pytest

from muster.core.errors import ConfigError, UnavailableError
from muster.notices.sending import addresses, webhook
from muster.notices.sending.message import Message
from muster.notices.sending.outcome import Result
from notices.conftest import SECRET

ID = UUID("061786a4-4ce3-4f67-9dfd-581bfbbb1633")


@pytest.fixture
def message(now):
    return Message(id=ID, action="task-failed", sentence="Task failed", at=now, organization="Org")


def post(web, message, now, **changes):
    values = {"url": web.url, "secret": SECRET, **changes}
    return webhook.post(values, message, at=now, is_internal_allowed=True)


def test_the_signature_is_that_of_the_specification(web, message, now):
    post(web, message, now)

    [request] = web.requests
    number, stamp = request.headers["webhook-id"], request.headers["webhook-timestamp"]
    signed = f"{number}.{stamp}.".encode() + request.body
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert request.headers["webhook-signature"] == f"v1,{expected}"
    assert (number, stamp) == (f"msg_{ID.hex}", str(int(now.timestamp())))


def test_the_body_says_what_happened(web, message, now):
    post(web, message, now)

    body = json.loads(web.requests[0].body)
    assert body["type"] == "task-failed"
    assert body["timestamp"] == now.isoformat()
    assert body["data"]["organization"] == "Org"


def test_the_host_header_names_the_host_that_was_given(web, message, now):
    post(web, message, now, url=f"http://localhost:{web.port}/x?y=1")

    assert web.requests[0].headers["host"] == f"localhost:{web.port}"
    assert web.requests[0].path == "/x?y=1"


def test_a_redirect_is_not_followed(web, message, now):
    web.statuses, web.headers = [307], {"location": web.url}

    outcome = post(web, message, now)

    assert (outcome.result, len(web.requests)) == (Result.LATER, 1)
    assert "redirects are not followed" in outcome.why


@pytest.mark.parametrize("status", [400, 401, 404, 429, 500, 503])
def test_other_answers_are_tried_again(web, message, now, status):
    web.statuses = [status]

    outcome = post(web, message, now)

    assert outcome.result is Result.LATER
    assert str(status) in outcome.why


def test_who_is_gone_is_not_told_again(web, message, now):
    web.statuses = [410]

    assert post(web, message, now).result is Result.HALTED


def test_a_told_wait_is_taken_over(web, message, now):
    web.statuses, web.headers = [429], {"retry-after": "120"}

    assert post(web, message, now).after == timedelta(seconds=120)


def test_nobody_there_is_told_without_the_path(web, message, now):
    outcome = post(web, message, now, url="http://127.0.0.1:1/hooks/T0PSECRETPATH")

    assert outcome.result is Result.LATER
    assert "127.0.0.1" in outcome.why
    assert "T0PSECRET" not in outcome.why


def test_the_path_is_in_no_log(web, message, now, caplog):
    caplog.set_level(logging.DEBUG)

    post(web, message, now)

    assert "T0PSECRET" not in caplog.text


def test_a_server_that_does_not_speak_http_is_a_failure(mailbox, message, now):
    mailbox.manners.greeting = "nonsense\r\n"
    url = f"http://127.0.0.1:{mailbox.port}/"

    outcome = webhook.post(
        {"url": url, "secret": SECRET}, message, at=now, is_internal_allowed=True
    )

    assert outcome.result is Result.LATER


@pytest.mark.parametrize(
    "url",
    [
        "",
        "corp.example/x",
        "ftp://corp.example/",
        "file:///etc/passwd",
        "https://",
        "https:///x",
        "https://user:hunter2@corp.example/",
        "https://corp.example/#x",
        "https://corp.example:99999/",
        "https://corp.example:0/",
        "https://corp.example:x/",
        "https://corp.example/a b",
        "https://corp.example/\r\nX: y",
        "https://[::1/",
        "https://\ud800.example/",
        "https://" + "a" * 2000,
        "https://" + "ä" * 80 + ".example/",
    ],
)
def test_what_is_no_url_to_post_to_is_refused_without_quoting_it(url):
    with pytest.raises(ConfigError) as caught:
        webhook.check_url(url)

    assert "hunter2" not in caught.value.message


@pytest.mark.parametrize("secret", ["", "short", "whsec_", "whsec_!!!!", "x" * 24, "A" * 100])
def test_what_is_no_signing_secret_is_refused(secret):
    with pytest.raises(ConfigError, match="24 to 64 bytes"):
        webhook.signing_key(secret)


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254",
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "2002:a9fe:a9fe::",
        "fe80::1",
        "fd00:ec2::254",
        "100.100.100.200",
        "192.0.0.192",
        "0.0.0.0",
        "::",
        "224.0.0.1",
        "255.255.255.255",
    ],
)
def test_metadata_services_and_no_hosts_are_refused(address):
    with pytest.raises(ConfigError):
        addresses.check([address], host="x", is_internal_allowed=True)


@pytest.mark.parametrize("address", ["10.1.2.3", "192.168.1.1", "127.0.0.1", "fd12::1", "8.8.8.8"])
def test_hosts_of_the_own_network_are_told(address):
    addresses.check([address], host="x", is_internal_allowed=True)


@pytest.mark.parametrize("address", ["10.1.2.3", "127.0.0.1", "::1", "fd12::1", "::ffff:10.0.0.1"])
def test_hosts_of_the_own_network_are_refused_where_the_server_says_so(address):
    with pytest.raises(ConfigError, match="settings forbid"):
        addresses.check([address], host="x", is_internal_allowed=False)


@pytest.mark.parametrize(
    "spelled", ["169.254.169.254", "2852039166", "0xa9fea9fe", "0251.254.43518"]
)
def test_other_spellings_of_the_metadata_service_are_no_way_to_it(message, now, spelled):
    outcome = webhook.post(
        {"url": f"http://{spelled}/", "secret": SECRET}, message, at=now, is_internal_allowed=True
    )

    assert outcome.result is Result.LATER
    assert "leads to 169.254.169.254" in outcome.why


def test_one_forbidden_address_of_a_name_is_enough(monkeypatch):
    both = [(0, 0, 0, "", ("93.184.216.34", 1)), (0, 0, 0, "", ("169.254.169.254", 1))]
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: both)

    with pytest.raises(ConfigError):
        addresses.resolved("two.example", 1, is_internal_allowed=True)


def test_a_name_without_an_address_is_told():
    with pytest.raises(UnavailableError, match="cannot be resolved"):
        addresses.resolved("nothing.invalid", 443, is_internal_allowed=True)


def test_the_address_that_was_checked_is_the_one_that_is_told(web, message, now, monkeypatch):
    """A name whose second answer leads elsewhere gets no second question."""
    asked = []

    def answer(host, port, **_):
        asked.append(host)
        return [(0, 0, 0, "", ("127.0.0.1", port))]

    monkeypatch.setattr("muster.notices.sending.addresses.socket.getaddrinfo", answer)

    outcome = post(web, message, now, url=f"http://rebinding.example:{web.port}/")

    assert outcome.result is Result.SENT
    assert asked.count("rebinding.example") == 1
