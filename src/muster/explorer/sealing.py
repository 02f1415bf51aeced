"""Sealing a plan to an Explorer's key: only its process can open it, and for this plan only.

X25519 with a key made for this one message, HKDF-SHA256, AES-256-GCM. What the context says (the
plan's id) is bound into the key, so that one plan's text cannot be passed off as another's.
"""

import base64

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from muster.core.errors import DataError

_DOMAIN = b"muster explorer plan 1\n"
_KEY_BYTES = 32
_NONCE = bytes(12)
"""The same each time: no key is used twice."""


def seal(text: bytes, *, to: str, context: str) -> str:
    """Return a text that only the holder of a public key can read. Raises ValueError for none."""
    receiver = X25519PublicKey.from_public_bytes(base64.b64decode(to))
    once = X25519PrivateKey.generate()
    public = once.public_key().public_bytes_raw()
    key = _derived(once.exchange(receiver), public, receiver, context)
    sealed = AESGCM(key).encrypt(_NONCE, text, context.encode())
    return base64.b64encode(public + sealed).decode()


def opened(sealed: str, *, by: X25519PrivateKey, context: str) -> bytes:
    """Return the text that was sealed to this key in this context.

    Raises DataError if it was sealed to another key or for another plan, or was changed.
    """
    try:
        whole = base64.b64decode(sealed, validate=True)
        public, rest = whole[:_KEY_BYTES], whole[_KEY_BYTES:]
        shared = by.exchange(X25519PublicKey.from_public_bytes(public))
        key = _derived(shared, public, by.public_key(), context)
        return AESGCM(key).decrypt(_NONCE, rest, context.encode())
    except (InvalidTag, ValueError) as error:
        raise DataError(
            "the plan cannot be opened: it was sealed to another key, or changed on its way",
            hint="If this goes on, revoke this Explorer and enrol it again.",
        ) from error


def _derived(shared: bytes, public: bytes, receiver: X25519PublicKey, context: str) -> bytes:
    salt = public + receiver.public_bytes_raw()
    info = _DOMAIN + context.encode()
    return HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=salt, info=info).derive(shared)
