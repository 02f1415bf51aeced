"""Pages that cannot be shown: a sentence and a way on, never a traceback."""

import pytest
from django.test import Client

from console.people import account_of, browser_of
from muster.accounts.roles import Role

pytestmark = pytest.mark.django_db


def test_a_page_that_is_not_there(owner):
    response = browser_of(owner).get("/nonsense")

    assert response.status_code == 404
    assert "There is no such page" in response.text
    assert "To the start" in response.text


def test_a_page_that_a_role_may_not_see():
    response = browser_of(account_of(Role.BILLING)).get("/")

    assert response.status_code == 403
    assert "Your role does not allow this" in response.text


def test_a_page_that_breaks_tells_nothing_of_why(owner, monkeypatch):
    def broken(*given):
        raise RuntimeError("a secret of the inside")

    monkeypatch.setattr("muster.console.views.dashboard.coverage", broken)
    client = Client(raise_request_exception=False)
    client.force_login(owner)

    response = client.get("/")

    assert response.status_code == 500
    assert "Something broke on our side" in response.text
    assert "inside" not in response.text
    assert "Traceback" not in response.text


def test_a_method_that_a_page_does_not_answer(owner):
    assert browser_of(owner).post("/").status_code == 405
