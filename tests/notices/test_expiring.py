"""Credentials that are about to end are announced at each step, and once."""

from datetime import timedelta

import pytest

from credentials.fakes import FakeSource
from muster.core.source import Finding
from muster.credentials.models import Credential
from muster.credentials.services import NewCredential, create, verify
from muster.notices import selectors
from muster.notices.expiring import announce_expiring

pytestmark = pytest.mark.django_db


class EndingSource(FakeSource):
    ends_at = None

    async def verify(self, context):
        found = await super().verify(context)
        return [*found, Finding("expiry", ok=True, is_required=False, ends_at=self.ends_at)]


@pytest.fixture
def source(monkeypatch, now):
    fake = EndingSource()
    fake.ends_at = now + timedelta(days=40)
    monkeypatch.setattr("muster.integrations.registry.SOURCES", {"fake": fake})
    return fake


@pytest.fixture
def credential(scope, source, now):
    new = NewCredential("Fake", "fake_token", {"address": "here", "token": "right"})
    return create(scope, new, at=now).credential


def told(scope):
    found = selectors.events(scope, actions=["credential-expiring"])
    return [each.details["days_before"] for each in reversed(found)]


def test_the_end_that_a_check_finds_is_kept(credential, now):
    assert Credential.objects.get().expires_at == now + timedelta(days=40)


def test_each_step_is_told_once(scope, credential, now):
    for days in (0, 9, 10, 11, 32, 33, 34, 39, 39.5, 40, 41, 80):
        announce_expiring(at=now + timedelta(days=days))

    assert told(scope) == [30, 7, 1, 0]


def test_after_an_absence_only_the_last_step_is_told(scope, credential, now):
    announce_expiring(at=now + timedelta(days=39))

    assert told(scope) == [1]


def test_another_end_is_told_anew(scope, source, credential, now):
    announce_expiring(at=now + timedelta(days=15))
    source.ends_at = now + timedelta(days=41)
    verify(scope, credential, at=now)

    announce_expiring(at=now + timedelta(days=15))

    assert told(scope) == [30, 30]


def test_a_check_that_learns_no_end_keeps_the_last_one(scope, source, credential, now):
    source.ends_at = None
    verify(scope, credential, at=now)

    assert Credential.objects.get().expires_at == now + timedelta(days=40)


def test_what_is_done_to_credentials_is_in_the_log(scope, source, credential, now):
    from muster.credentials.services import remove

    verify(scope, credential, at=now)
    remove(scope, credential, at=now)

    log = [(each.action, each.source_name) for each in selectors.events(scope)]
    assert log == [
        ("credential-deleted", "local operator"),
        ("credential-verified", "local operator"),
        ("credential-created", "local operator"),
    ]
