"""What is sealed to a key is read by its holder, in its context, and by nobody else."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from muster.core.errors import DataError
from muster.explorer.sealing import opened, seal

KEY = X25519PrivateKey.generate()
PUBLIC = base64.b64encode(KEY.public_key().public_bytes_raw()).decode()


@given(st.binary(max_size=2000), st.text(max_size=50))
def test_sealed_and_opened_it_is_the_same(text, context):
    assert opened(seal(text, to=PUBLIC, context=context), by=KEY, context=context) == text


@given(st.binary(max_size=200))
def test_no_two_are_sealed_alike(text):
    assert seal(text, to=PUBLIC, context="") != seal(text, to=PUBLIC, context="")


@given(st.data())
def test_what_was_changed_is_refused(data):
    whole = bytearray(base64.b64decode(seal(b"a secret", to=PUBLIC, context="plan")))
    whole[data.draw(st.integers(0, len(whole) - 1))] ^= 1 << data.draw(st.integers(0, 6))

    # The highest bit of an X25519 key says nothing; every other one does.
    with pytest.raises(DataError):
        opened(base64.b64encode(whole).decode(), by=KEY, context="plan")


def test_another_key_or_context_opens_nothing():
    sealed = seal(b"a secret", to=PUBLIC, context="plan")

    with pytest.raises(DataError):
        opened(sealed, by=KEY, context="another plan")
    with pytest.raises(DataError):
        opened(sealed, by=X25519PrivateKey.generate(), context="plan")


@pytest.mark.parametrize("text", ["", "x", "AAAA", "\N{SNOWMAN}", "A" * 44, "A" * 100])
def test_what_is_nothing_sealed_is_refused(text):
    with pytest.raises(DataError):
        opened(text, by=KEY, context="plan")
