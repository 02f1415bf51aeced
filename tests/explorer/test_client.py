"""What an Explorer makes of addresses, and of answers that are none of a server's."""

from datetime import UTC, datetime

import httpx
import pytest

from muster.core.errors import ConfigError, DataError, UnavailableError
from muster.explorer.client import Client, checked_server
from muster.explorer.identity import new_keys
from muster.explorer.messages import Nothing, Orders, Poll


def client_of(answer):
    http = httpx.Client(transport=httpx.MockTransport(answer))
    return Client(http, "https://muster.example", new_keys(), lambda: datetime.now(UTC))


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ("https://muster.example", "https://muster.example"),
        ("muster.example", "https://muster.example"),
        (" https://muster.example/ ", "https://muster.example"),
        ("https://muster.example:8443/inside/", "https://muster.example:8443/inside"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_an_address_is_taken_as_people_type_it(given, address):
    assert checked_server(given) == address


@pytest.mark.parametrize(
    "given",
    [
        "http://muster.example",
        "http://10.0.0.1",
        "http://localhost.evil.example",
        "ftp://x",
        "",
        "https://",
        "https://user:secret@muster.example",
    ],
)
def test_an_address_that_is_not_https_is_refused(given):
    with pytest.raises(ConfigError) as told:
        checked_server(given)
    assert told.value.hint


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (500, b"oops", UnavailableError),
        (502, b"<html>", UnavailableError),
        (503, b'{"code":"unavailable","message":"busy"}', UnavailableError),
        (429, b"", UnavailableError),
        (404, b"<html>not found", ConfigError),
        (302, b"", ConfigError),
        (200, b"<html>sign in", DataError),
        (403, b'{"code":"revoked","message":"it was revoked"}', ConfigError),
        (400, b'{"code":"malformed-chunk","message":"no"}', DataError),
    ],
)
def test_every_answer_that_is_none_is_a_sentence(status, body, kind):
    client = client_of(lambda _request: httpx.Response(status, content=body))

    with pytest.raises(kind):
        client.ask("poll", Poll(), Orders)


def test_a_server_that_is_not_there_is_asked_later():
    def answer(_request):
        raise httpx.ConnectError("refused")

    with pytest.raises(UnavailableError, match=r"no connection to muster\.example"):
        client_of(answer).ask("bye", Nothing(), Nothing)
