"""Credentials as a searchable inventory: an organization's own and the global ones, no secret."""

import pytest

from muster.credentials.models import Credential
from muster.credentials.selectors import credential_entries
from muster.credentials.services import NewCredential, create
from muster.query.listing import matching

pytestmark = pytest.mark.django_db


def add(scope, name, now, *, token="right", is_global=False):
    values = {"address": f"{name.casefold()}.example", "token": token}
    new = NewCredential(name, "fake_token", values, is_global=is_global)
    return create(scope, new, at=now, save_anyway=True).credential


@pytest.fixture
def credentials(scope, other_scope, source, now):
    add(scope, "Own", now)
    add(scope, "Broken", now, token="wrong")
    add(other_scope, "Shared", now, is_global=True)
    add(other_scope, "Hidden", now)
    Credential.objects.filter(name="Own").update(last_used_at=now)


def names(scope, text, now):
    found = matching(credential_entries(scope), text, inventory="credentials", now=now)
    return [each.fields["name"] for each in found]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", ["Broken", "Own", "Shared"]),
        ("global:t", ["Shared"]),
        ("global:f verified:t", ["Own"]),
        ("verified:f", ["Broken"]),
        ("status:failed", ["Broken"]),
        ("type:fake_token name:=own", ["Own"]),
        ("field:own.example", ["Own"]),
        ("shared.example", ["Shared"]),
        ("has:last_used_at", ["Own"]),
        ("last_used_at:=0 global:f", ["Broken"]),
        ("verified_at:<1day created_at:<1day name:o", ["Broken", "Own"]),
        ('created_by:"local operator" name:own', ["Own"]),
        ("organization:other", []),
        ("organization:default", ["Broken", "Own"]),
        ("name:hidden", []),
    ],
)
def test_credentials_are_found_by_each_of_their_keywords(scope, credentials, now, text, found):
    assert names(scope, text, now) == found


def test_no_secret_and_no_ciphertext_is_in_a_row_or_can_be_asked_for(scope, credentials, now):
    sealed = Credential.objects.get(name="Broken").sealed["token"]
    entries = credential_entries(scope)

    assert "wrong" not in str([(each.document, each.fields) for each in entries])
    assert sealed not in str([(each.document, each.fields) for each in entries])
    assert names(scope, "wrong OR field:wrong", now) == []


def test_credentials_are_read_in_one_statement(scope, credentials, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert len(credential_entries(scope)) == 3
