import json
from datetime import timedelta

import pytest
from django.db import connection

from muster.core.errors import ConfigError
from muster.credentials import keys, sealing
from muster.credentials.models import Credential
from muster.credentials.selectors import Shown, by_name, only_one, visible
from muster.credentials.services import (
    NewCredential,
    create,
    open_for_use,
    remove,
    reseal,
    rotate_keys,
    verify,
)

pytestmark = pytest.mark.django_db

RIGHT = {"address": "here", "token": "right"}


def given(name="Fake", *, is_global=False, **values):
    return NewCredential(name, "fake_token", {**RIGHT, **values}, is_global=is_global)


def everything_stored():
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM credentials_credential")
        return repr(cursor.fetchall())


def test_a_credential_that_works_is_saved_and_can_be_used(scope, source, now):
    saved = create(scope, given(), at=now).credential

    assert open_for_use(saved, at=now) == {**RIGHT, "region": "eu"}
    assert saved.verification_status == "verified"
    assert Credential.objects.get().last_used_at == now


def test_no_secret_is_readable_in_the_database(scope, source, now):
    create(scope, given(token="right"), at=now)

    stored = everything_stored()

    assert "'right'" not in stored
    assert '"right"' not in stored
    assert "here" in stored


def test_a_source_corrects_readable_fields_and_no_secret(scope, source, now):
    source.correction = {"address": "its-real-name", "token": "stolen", "unknown": "x"}

    saved = create(scope, given(), at=now).credential

    values = open_for_use(saved, at=now)
    assert values == {"address": "its-real-name", "token": "right", "region": "eu"}


def test_a_credential_that_fails_is_not_saved(scope, source, now):
    created = create(scope, given(token="wrong-token"), at=now)

    assert created.credential is None
    assert [finding.hint for finding in created.verdict.findings] == ["Ask again."]
    assert not Credential.objects.exists()


def test_a_credential_that_fails_can_be_saved_anyway_and_is_marked(scope, source, now):
    saved = create(scope, given(token="wrong-token"), at=now, save_anyway=True).credential

    assert saved.verification_status == "failed"
    assert "Ask again." in saved.verification_message


def test_a_source_that_cannot_be_reached_is_a_finding(scope, source, now):
    created = create(scope, given(address="down"), at=now)

    assert created.credential is None
    assert created.verdict.message == "Connection: no connection to down Check the network."


def test_findings_and_messages_never_show_the_secret(scope, source, now):
    created = create(scope, given(token="wrong-token"), at=now, save_anyway=True)

    shown = [repr(created), repr(Shown(created.credential).document()), created.verdict.message]

    assert "wrong-token" not in "".join(shown)


def test_values_never_show_in_a_repr(scope, source, now):
    saved = create(scope, given(token="right"), at=now).credential
    opened = open_for_use(saved, at=now)

    shown = [repr(opened), str(opened), f"{opened}", repr(saved), repr(given(token="right"))]

    assert "right" not in "".join(shown)


def test_a_shown_credential_is_json_without_secrets_and_ciphertexts(scope, source, now):
    saved = create(scope, given(), at=now).credential

    text = json.dumps(Shown(saved).document())

    assert '"secrets": ["token"]' in text
    assert "v1." not in text


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"tokn": "x"}, "has no field 'tokn'"),
        ({"address": " "}, "the field 'address' \\(Address\\) is missing"),
        ({"token": ""}, "the field 'token' \\(Token\\) is missing"),
        ({"region": "mars"}, "the field 'region' \\(Region\\) is 'mars'"),
        ({"address": "a\0b"}, "the field 'address'"),
        ({"token": "x" * 70_000}, "the field 'token'"),
        ({"token": "\ud800"}, "the field 'token'"),
        ({"address": "a b"}, "Address holds a blank"),
    ],
    ids=["unknown", "no address", "no token", "choice", "nul", "long", "surrogate", "malformed"],
)
def test_a_bad_value_is_refused_before_anything_is_tried(scope, source, now, values, message):
    with pytest.raises(ConfigError, match=message):
        create(scope, given(**values), at=now, save_anyway=True)

    assert source.verified == []
    assert not Credential.objects.exists()


@pytest.mark.parametrize("name", ["", "  ", "x" * 201, "a\nb"])
def test_a_bad_name_is_refused(scope, source, now, name):
    with pytest.raises(ConfigError, match="name"):
        create(scope, given(name), at=now)


def test_an_unknown_type_is_refused_with_the_known_ones(scope, source, now):
    with pytest.raises(ConfigError, match="no credential type 'x'") as caught:
        create(scope, NewCredential("X", "x", {}), at=now)

    assert "fake_token" in caught.value.hint


def test_a_name_in_use_is_refused_before_anything_is_tried(scope, source, now):
    create(scope, given("Fake"), at=now)

    with pytest.raises(ConfigError, match="already a credential named 'fAKE'"):
        create(scope, given("fAKE"), at=now)

    assert len(source.verified) == 1


def test_verifying_again_keeps_what_was_found(scope, source, now):
    saved = create(scope, given(token="wrong-token"), at=now, save_anyway=True).credential

    verdict = verify(scope, saved, at=now + timedelta(days=1))

    saved.refresh_from_db()
    assert not verdict.is_verified
    assert saved.verified_at == now + timedelta(days=1)


def test_an_organization_sees_its_own_and_global_credentials_only(scope, other_scope, source, now):
    create(scope, given("Mine"), at=now)
    create(scope, given("Shared", is_global=True), at=now)
    create(other_scope, given("Theirs"), at=now)

    assert [each.name for each in visible(scope)] == ["Mine", "Shared"]
    assert [each.name for each in visible(other_scope)] == ["Shared", "Theirs"]
    with pytest.raises(ConfigError, match="no credential 'Mine'"):
        by_name(other_scope, "Mine")


def test_the_id_of_another_organization_opens_nothing(scope, other_scope, source, now):
    saved = create(scope, given("Mine"), at=now).credential

    with pytest.raises(ConfigError, match="no credential"):
        by_name(other_scope, str(saved.uid))


def test_an_own_credential_goes_before_a_global_one_of_the_same_name(
    scope, other_scope, source, now
):
    create(scope, given("Same", is_global=True), at=now)
    own = create(other_scope, given("Same"), at=now).credential

    assert by_name(other_scope, "same") == own


def test_a_global_credential_is_removed_only_by_its_owner(scope, other_scope, source, now):
    shared = create(scope, given(is_global=True), at=now).credential

    with pytest.raises(ConfigError, match="belongs to another organization"):
        remove(other_scope, shared, at=now)
    remove(scope, shared, at=now)

    assert not Credential.objects.exists()


def test_the_only_credential_of_a_source_needs_no_name(scope, source, now):
    types = frozenset({"fake_token"})
    with pytest.raises(ConfigError, match="no credential for this source"):
        only_one(scope, types)
    first = create(scope, given("One"), at=now).credential

    assert only_one(scope, types) == first
    create(scope, given("Two"), at=now)
    with pytest.raises(ConfigError, match="several credentials"):
        only_one(scope, types)


@pytest.mark.parametrize("target", ["credential", "organization", "field"])
def test_a_ciphertext_moved_in_the_database_does_not_open(scope, other_scope, source, now, target):
    one = create(scope, given("One"), at=now).credential
    two = create(scope, given("Two"), at=now).credential
    if target == "credential":
        two.sealed = one.sealed
    elif target == "organization":
        two.organization = other_scope.organization
    else:
        two.sealed = {"region": two.sealed["token"]}
    two.save()

    with pytest.raises(ConfigError, match="copied from another place"):
        open_for_use(Credential.objects.get(pk=two.pk), at=now)


def test_rotating_seals_everything_anew_and_drops_the_old_key(scope, other_scope, source, now):
    mine = create(scope, given("Mine"), at=now).credential
    theirs = create(other_scope, given("Theirs"), at=now).credential
    (old,) = keys.master_keys()

    changed = rotate_keys()

    assert changed == 2
    assert old not in keys.master_keys()
    for each in (mine, theirs):
        before, each.sealed = each.sealed, {}
        each.refresh_from_db()
        assert before != each.sealed
        assert open_for_use(each, at=now)["token"] == "right"


def test_rotating_with_keys_of_the_environment_leaves_them_alone(scope, source, now, settings):
    saved = create(scope, given(), at=now).credential
    key_file = settings.MASTER_KEY_FILE.read_text()
    settings.MASTER_KEY = "bmV3IGtleSBvZiB0aGlydHktdHdvIGJ5dGVzISEhISE=," + key_file.strip()

    changed = rotate_keys()

    assert changed == 1
    assert settings.MASTER_KEY_FILE.read_text() == key_file
    saved.refresh_from_db()
    assert sealing.opened(saved, vault=keys.vault())["token"] == "right"


def test_a_rotation_that_meets_an_unreadable_secret_changes_nothing(scope, source, now):
    good = create(scope, given("Good"), at=now).credential
    bad = create(scope, given("Worse"), at=now).credential
    bad.sealed = {"token": "v1.00000000.AAAA"}
    bad.save()
    keys.put_new_key_first()

    with pytest.raises(ConfigError, match="00000000"):
        reseal(keys.vault())

    assert Credential.objects.get(pk=good.pk).sealed == good.sealed
