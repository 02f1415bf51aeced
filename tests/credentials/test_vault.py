import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muster.core.errors import ConfigError
from muster.credentials.vault import Place, Vault, key_id

OLD, NEW = b"o" * 32, b"n" * 32
HERE = Place(organization="org-1", credential="cred-1", field="password")

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


@given(texts)
def test_what_is_sealed_opens_as_it_was_under_any_of_the_keys(text):
    sealed = Vault([OLD]).seal(text, HERE)

    opened = Vault([NEW, OLD]).open(sealed, HERE)

    assert opened == text


@given(texts)
def test_sealing_anew_with_another_key_keeps_the_text(text):
    both = Vault([NEW, OLD])
    sealed = both.seal(both.open(Vault([OLD]).seal(text, HERE), HERE), HERE)

    assert Vault([NEW]).open(sealed, HERE) == text


@pytest.mark.parametrize(
    "elsewhere",
    [
        Place(organization="org-2", credential="cred-1", field="password"),
        Place(organization="org-1", credential="cred-2", field="password"),
        Place(organization="org-1", credential="cred-1", field="client_secret"),
        Place(organization="org-1cred", credential="-1", field="password"),
    ],
)
def test_a_moved_ciphertext_is_refused(elsewhere):
    sealed = Vault([OLD]).seal("hunter22", HERE)

    with pytest.raises(ConfigError, match="copied from another place") as caught:
        Vault([OLD]).open(sealed, elsewhere)

    assert "hunter22" not in str(caught.value)


@given(st.integers(min_value=0, max_value=10_000), st.integers(min_value=1, max_value=255))
def test_a_changed_ciphertext_is_refused(position, flip):
    version, key, body = Vault([OLD]).seal("hunter22", HERE).split(".")
    raw = bytearray(base64.urlsafe_b64decode(body))
    raw[position % len(raw)] ^= flip
    changed = ".".join((version, key, base64.urlsafe_b64encode(bytes(raw)).decode()))

    with pytest.raises(ConfigError):
        Vault([OLD]).open(changed, HERE)


@given(st.text(max_size=80))
def test_what_was_never_sealed_is_refused_in_a_sentence(text):
    with pytest.raises(ConfigError):
        Vault([OLD]).open(text, HERE)


@given(st.binary(max_size=60))
def test_a_body_of_any_bytes_is_refused_in_a_sentence(body):
    made_up = f"v1.{key_id(OLD)}.{base64.urlsafe_b64encode(body).decode()}"

    with pytest.raises(ConfigError):
        Vault([OLD]).open(made_up, HERE)


def test_a_missing_key_is_named_and_the_key_itself_is_not():
    sealed = Vault([OLD]).seal("hunter22", HERE)

    with pytest.raises(ConfigError, match=key_id(OLD)) as caught:
        Vault([NEW]).open(sealed, HERE)

    assert "MUSTER_MASTER_KEY" in caught.value.hint


def test_the_same_secret_never_looks_the_same_twice():
    vault = Vault([OLD])

    assert vault.seal("hunter22", HERE) != vault.seal("hunter22", HERE)


def test_a_ciphertext_names_its_key_and_holds_nothing_readable():
    sealed = Vault([OLD]).seal("hunter22", HERE)

    assert sealed.startswith(f"v1.{key_id(OLD)}.")
    assert "hunter22" not in sealed
    assert Vault([OLD]).is_current(sealed)
    assert not Vault([NEW, OLD]).is_current(sealed)
