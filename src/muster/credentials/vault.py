"""Sealing secrets: AES-256-GCM under a master key, bound to the one place they belong to."""

import base64
import binascii
import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from muster.core.errors import ConfigError

KEY_BYTES = 32
_NONCE_BYTES = 12
_VERSION = "v1"
_PARTS = 3


@dataclass(frozen=True, slots=True)
class Place:
    """Where a ciphertext belongs; moved anywhere else it does not open."""

    organization: str
    credential: str
    field: str

    def associated_data(self) -> bytes:
        """Return the place as bytes in which no part can run into the next."""
        parts = (self.organization, self.credential, self.field)
        encoded = [each.encode() for each in parts]
        return b"".join(len(each).to_bytes(4, "big") + each for each in encoded)


class Vault:
    """Seals with the first of its master keys, opens with any of them."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        """Take one or more keys of 32 bytes, the current one first."""
        self._ciphers = {key_id(key): AESGCM(key) for key in keys}
        self.current = key_id(keys[0])

    def seal(self, text: str, place: Place) -> str:
        """Return the ciphertext of a secret; each call gives another one."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._ciphers[self.current].encrypt(nonce, text.encode(), place.associated_data())
        body = base64.urlsafe_b64encode(nonce + sealed).decode()
        return f"{_VERSION}.{self.current}.{body}"

    def open(self, ciphertext: str, place: Place) -> str:
        """Return the secret.

        Raises ConfigError if its key is not here, or if it was changed or moved.
        """
        cipher, body = self._parsed(ciphertext, place)
        try:
            opened = cipher.decrypt(
                body[:_NONCE_BYTES], body[_NONCE_BYTES:], place.associated_data()
            )
        except (InvalidTag, ValueError) as error:
            raise _unusable(place, "was changed or copied from another place") from error
        return opened.decode()

    def is_current(self, ciphertext: str) -> bool:
        """True if the first key sealed it."""
        return ciphertext.startswith(f"{_VERSION}.{self.current}.")

    def _parsed(self, ciphertext: str, place: Place) -> tuple[AESGCM, bytes]:
        parts = ciphertext.split(".")
        if len(parts) != _PARTS or parts[0] != _VERSION:
            raise _unusable(place, "is not in a form that this version of Muster reads")
        if parts[1] not in self._ciphers:
            raise ConfigError(
                f"the secret '{place.field}' is sealed with the master key {parts[1]}, "
                "which is not here",
                hint="Bring that key back: MUSTER_MASTER_KEY, or the file master.key in the home.",
            )
        try:
            body = base64.b64decode(parts[2], altchars=b"-_", validate=True)
        except (binascii.Error, ValueError) as error:
            raise _unusable(place, "is damaged") from error
        return self._ciphers[parts[1]], body


def key_id(key: bytes) -> str:
    """Return the short public name of a key, which says nothing about it."""
    return hashlib.sha256(b"muster master key id\0" + key).hexdigest()[:8]


def _unusable(place: Place, why: str) -> ConfigError:
    return ConfigError(
        f"the stored secret '{place.field}' {why}",
        hint="Remove the credential and add it again.",
        code="sealed",
    )
