"""The first run: once, and only by who may."""

import pytest
from django.test import Client

from muster.accounts.models import Account
from muster.accounts.roles import Role
from muster.organizations.first_run import setup_code
from muster.organizations.models import Organization

pytestmark = pytest.mark.django_db

GIVEN = {
    "name": "Ada",
    "email": "ada@muster.example",
    "password": "correct horse battery",
    "organization": "Contoso",
}


def test_the_first_page_leads_to_the_set_up(client):
    assert client.get("/").headers["Location"] == "/setup"
    assert client.get("/sign-in").headers["Location"] == "/setup"


def test_the_owner_is_made_signed_in_and_asked_where_to_begin(client):
    response = client.post("/setup", GIVEN)

    assert response.headers["Location"] == "/welcome"
    assert Account.objects.get().role == Role.SUPERUSER
    assert Organization.objects.get().name == "Contoso"
    assert "Contoso is ready" in client.get("/welcome").text


def test_it_is_done_once(client):
    client.post("/setup", GIVEN)

    again = Client().post("/setup", {**GIVEN, "email": "eve@muster.example"})

    assert again.headers["Location"] == "/sign-in"
    assert Account.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"email": "no address"}, "is not an e-mail address"),
        ({"password": "short"}, "at least 12 characters"),
        ({"password": "ada@muster.example"}, "too similar"),
        ({"organization": " "}, "An organization needs a name"),
        ({"organization": "x\ny"}, "printable"),
        ({"name": "x" * 201}, "at most 200"),
    ],
)
def test_what_cannot_be_is_told_and_nothing_is_kept(client, wrong, said):
    response = client.post("/setup", {**GIVEN, **wrong})

    assert response.status_code == 422
    assert said in response.text
    assert not Account.objects.exists()
    assert Organization.objects.get().name == "Default"


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"REMOTE_ADDR": "10.0.0.9"},
        {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "10.0.0.9"},
    ],
)
def test_from_elsewhere_it_takes_the_code(elsewhere):
    client = Client(**elsewhere)

    refused = client.post("/setup", {**GIVEN, "code": "0123"})
    taken = client.post("/setup", {**GIVEN, "code": setup_code()})

    assert refused.status_code == 422
    assert "This is not the code" in refused.text
    assert taken.status_code == 302
