"""Signing in: who may, who is locked out, and what a session is."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from console.people import PASSWORD, account_of, browser_of
from muster.accounts.models import Session, SignInAttempt
from muster.accounts.roles import Role
from muster.accounts.signing_in import MOST_TOGETHER, WINDOW, unlock

pytestmark = pytest.mark.django_db


def sign_in(client, *, email="owner@muster.example", password=PASSWORD, **more):
    return client.post("/sign-in", {"email": email, "password": password, **more})


def test_the_password_lets_in_and_is_written_nowhere(owner, client):
    response = sign_in(client)

    assert response.headers["Location"] == "/"
    assert client.get("/").status_code == 200
    assert PASSWORD not in str(
        list(Session.objects.values()) + list(SignInAttempt.objects.values())
    )


def test_the_address_is_read_in_any_case(owner, client):
    assert sign_in(client, email=" OWNER@muster.example ").status_code == 302


@pytest.mark.parametrize("email", ["owner@muster.example", "nobody@muster.example", "", "a\0b"])
def test_a_refusal_does_not_say_what_was_wrong(owner, client, email):
    response = sign_in(client, email=email, password="wrong")

    assert response.status_code == 403
    assert "The e-mail address or the password is wrong." in response.text
    assert client.get("/").status_code == 302


def test_a_disabled_account_is_refused(owner, client):
    owner.is_active = False
    owner.save()

    assert sign_in(client).status_code == 403


def test_after_too_many_failures_the_right_password_is_refused_too(owner, client):
    for _ in range(MOST_TOGETHER):
        sign_in(client, password="wrong")

    response = sign_in(client)

    assert response.status_code == 403
    assert "too many failed attempts" in response.text


def test_another_address_may_still_sign_in(owner, client):
    for _ in range(MOST_TOGETHER + 1):
        sign_in(client, password="wrong")

    assert sign_in(Client(REMOTE_ADDR="10.0.0.9")).status_code == 302


def test_a_lock_is_over_after_its_time(owner, client):
    for _ in range(MOST_TOGETHER + 1):
        sign_in(client, password="wrong")
    SignInAttempt.objects.update(at=datetime.now(UTC) - WINDOW - timedelta(seconds=1))

    assert sign_in(client).status_code == 302


def test_a_lock_can_be_taken_off(owner, client):
    for _ in range(MOST_TOGETHER + 1):
        sign_in(client, password="wrong")

    assert unlock("Owner@muster.example")
    assert sign_in(client).status_code == 302


def test_signing_in_forgets_the_failures_before(owner, client):
    for _ in range(3 * MOST_TOGETHER):
        sign_in(client, password="wrong") if _ % MOST_TOGETHER else sign_in(client)

    assert sign_in(client).status_code == 302


def test_a_session_gets_another_key_when_somebody_signs_in(owner, client):
    client.get("/sign-in")
    client.session.save()
    before = client.session.session_key

    sign_in(client)

    assert client.session.session_key != before


def test_one_goes_on_to_where_one_wanted(owner, client):
    wanted = client.get("/profile").headers["Location"]

    response = sign_in(client, next="/profile")

    assert wanted == "/sign-in?next=%2Fprofile"
    assert response.headers["Location"] == "/profile"


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"],
)
def test_one_does_not_go_on_to_another_server(owner, client, elsewhere):
    assert sign_in(client, next=elsewhere).headers["Location"] == "/"


def test_a_form_of_another_site_is_refused(owner):
    strict = Client(enforce_csrf_checks=True)

    response = sign_in(strict)

    assert response.status_code == 403
    assert "open for too long" in response.text


def test_signing_out_ends_the_session(owner, client):
    sign_in(client)

    client.post("/sign-out")

    assert client.get("/").status_code == 302
    assert not Session.objects.filter(account=owner).exists()


def test_sessions_are_seen_and_can_be_ended(owner):
    here, there = Client(), Client(headers={"User-Agent": "Mozilla/5.0 (X11; Linux) Firefox/140.0"})
    sign_in(here), sign_in(there)
    uid = there.session["uid"]

    shown = here.get("/profile")
    here.post(f"/profile/sessions/{uid}/end")

    assert "Firefox on Linux" in shown.text
    assert there.get("/").status_code == 302
    assert here.get("/").status_code == 200


def test_changing_the_password_ends_every_other_session(owner):
    here, there = Client(), Client()
    sign_in(here), sign_in(there)

    response = here.post(
        "/profile/password", {"old": PASSWORD, "password": "another long enough one"}
    )

    assert response.status_code == 302
    assert here.get("/").status_code == 200
    assert there.get("/").status_code == 302


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("wrong", "another long enough one", "The present password is wrong."),
        (PASSWORD, "short", "at least 12 characters"),
        (PASSWORD, "1qaz2wsx3edc4rfv", "too common"),
        (PASSWORD, "x" * 2000, "too long"),
    ],
)
def test_a_password_that_cannot_be_is_told(owner, old, new, said):
    response = browser_of(owner).post("/profile/password", {"old": old, "password": new})

    assert response.status_code == 422
    assert said in response.text
    owner.refresh_from_db()
    assert owner.check_password(PASSWORD)


def test_passwords_are_kept_with_argon2():
    from muster import settings

    assert settings.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]


def test_an_organization_is_chosen_among_ones_own(scope, other_scope, owner):
    client = browser_of(owner)

    client.post("/organizations/choose", {"organization": str(other_scope.organization.uid)})

    assert "Organization: Other." in client.get("/").text


def test_an_organization_of_others_cannot_be_chosen(scope, other_scope):
    account = account_of(Role.NONE)
    wanted = {"organization": str(other_scope.organization.uid)}

    assert browser_of(account).post("/organizations/choose", wanted).status_code == 404
