"""Names of the server: what a stranger's page could make a browser send is refused."""

import pytest

from muster.serving.hosts import is_known, known_names

NAMES = known_names(["muster.example", "Inventory.Lan", ""])


@pytest.mark.parametrize(
    "host", ["muster.example", "MUSTER.example.", "inventory.lan", "localhost", "10.0.0.5", "[::1]"]
)
def test_a_name_it_was_told_or_an_address_is_known(host):
    assert is_known(host, NAMES)


@pytest.mark.parametrize(
    "host",
    ["evil.example", "", "muster.example.evil.example", "xmuster.example", "10.0.0.5.nip.io"],
)
def test_any_other_name_is_not(host):
    assert not is_known(host, NAMES)


def test_a_request_by_another_name_is_told_what_to_set(client):
    response = client.get("/healthz", HTTP_HOST="evil.example")

    assert response.status_code == 400
    assert "MUSTER_URL" in response.text


def test_a_host_that_is_none_is_refused(client):
    assert client.get("/healthz", HTTP_HOST="a b/\\").status_code == 400
