"""A walk of every URL there is: as nobody, as each role, and as somebody of another organization.

A new page needs no test here: its view says what it needs. A new kind of id in a path needs a line
in `sample_ids`.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from console.people import account_of, browser_of, outsider_of
from console.things import MARK, OF_ORGANIZATION, fill
from muster.accounts.roles import Role
from muster.accounts.sessions import Session
from muster.console.needs import Need
from muster.organizations.services import create_organization

# Not pages: what machines ask, with a check of their own (tests/serving), and what other faces have.
NOT_PAGES = {"healthz", "readyz", "metrics"}
PAGES_OF_OTHERS = re.compile(r"^api/")


def patterns(resolver=None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for each in (resolver or get_resolver()).url_patterns:
        path = prefix + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from patterns(each, path)
        elif each.name not in NOT_PAGES and not PAGES_OF_OTHERS.match(path):
            yield path, each


PAGES = list(patterns())


def is_public(pattern: URLPattern) -> bool:
    return pattern.callback.need.is_public


def path_of(pattern: URLPattern, ids: dict[str, object]) -> str:
    wanted = pattern.pattern.regex.groupindex
    return reverse(pattern.name, kwargs={name: ids[name] for name in wanted} or None)


def methods_of(pattern: URLPattern) -> Iterator[str]:
    for method in ("get", "post"):
        if method.upper() in pattern.callback.methods:
            yield method


def asked(client: Client, pattern: URLPattern, ids: dict[str, object], method: str):
    return getattr(client, method)(path_of(pattern, ids))


@pytest.mark.parametrize(("path", "pattern"), PAGES)
def test_every_view_declares_what_it_needs(path, pattern):
    assert isinstance(getattr(pattern.callback, "need", None), Need), path
    assert pattern.name, path


def test_the_walk_would_see_a_view_that_declares_nothing():
    assert len(PAGES) > 9
    assert not hasattr(dict(patterns_of_machines())["healthz"].callback, "need")


def patterns_of_machines() -> Iterator[tuple[str, URLPattern]]:
    for each in get_resolver().url_patterns:
        if isinstance(each, URLPattern):
            yield each.name, each


@pytest.mark.django_db
@pytest.mark.parametrize(("path", "pattern"), [each for each in PAGES if not is_public(each[1])])
def test_nobody_gets_further_than_the_sign_in(path, pattern, scope, owner):
    ids = fill(scope, owner)

    for method in methods_of(pattern):
        response = asked(Client(), pattern, ids, method)

        assert response.status_code == 302
        assert response.headers["Location"].startswith("/sign-in")


@pytest.mark.django_db
@pytest.mark.parametrize("role", list(Role))
def test_a_role_opens_what_it_may_and_nothing_else(role, scope, owner):
    ids = fill(scope, owner)
    account = account_of(role, email="walker@muster.example")

    for path, pattern in PAGES:
        need = pattern.callback.need
        for method in methods_of(pattern):
            response = asked(browser_of(account), pattern, ids, method)
            is_refused = response.status_code == 403

            assert is_refused is not need.is_met(role), (path, method, response.status_code)
            assert response.status_code < 500, (path, method)


@pytest.mark.django_db
def test_an_outsider_reaches_nothing_of_another_organization(scope, owner):
    ids = fill(scope, owner)
    elsewhere = create_organization("Elsewhere", at=datetime.now(UTC))
    account = outsider_of(elsewhere)

    for path, pattern in PAGES:
        for method in methods_of(pattern):
            response = asked(browser_of(account), pattern, ids, method)

            assert MARK not in response.text, (path, method)
            if set(pattern.pattern.regex.groupindex) & OF_ORGANIZATION:
                assert response.status_code == 404, (path, method)


@pytest.mark.django_db
def test_an_account_without_any_role_sees_no_organization(scope, owner):
    fill(scope, owner)
    account = account_of(Role.NONE)

    response = browser_of(account).get("/")

    assert response.status_code == 403
    assert MARK not in response.text


@pytest.mark.django_db
def test_an_id_of_nothing_is_not_found(scope, owner):
    ids = {
        name: uuid4() if isinstance(value, UUID) else value
        for name, value in fill(scope, owner).items()
    }

    for path, pattern in PAGES:
        if set(pattern.pattern.regex.groupindex) & OF_ORGANIZATION:
            for method in methods_of(pattern):
                response = asked(browser_of(owner), pattern, ids, method)

                assert response.status_code == 404, (path, method)


@pytest.mark.django_db
def test_the_session_of_somebody_else_cannot_be_ended(scope, owner):
    mine = browser_of(owner)
    session = Session.objects.get(account=owner)
    session.uid = uuid4()
    session.save()

    response = browser_of(account_of(Role.SUPERUSER)).post(f"/profile/sessions/{session.uid}/end")

    assert response.status_code == 404
    assert mine.get("/profile").status_code == 200
