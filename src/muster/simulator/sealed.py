"""Opaque tokens: small values that only this simulator can read back."""

import base64
import binascii
import hashlib
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV


class Sealer:
    """Turns a JSON object into an opaque text and back.

    The key follows from a text, so that the links of one configuration outlive a restart.
    The same value gives the same text (GCM-SIV is made for that).
    """

    def __init__(self, secret: str) -> None:
        """Derive the key from a text."""
        digest = hashlib.sha256(f"muster simulator {secret}".encode()).digest()
        self._cipher = AESGCMSIV(digest)

    def seal(self, value: dict[str, Any]) -> str:
        """An opaque text, safe in a URL."""
        sealed = self._cipher.encrypt(bytes(12), orjson.dumps(value), None)
        return base64.urlsafe_b64encode(sealed).decode().rstrip("=")

    def open(self, text: str) -> dict[str, Any] | None:
        """What was sealed; None if this text is not one of ours."""
        try:
            sealed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
            value: dict[str, Any] = orjson.loads(self._cipher.decrypt(bytes(12), sealed, None))
        except (binascii.Error, ValueError, InvalidTag):
            return None
        return value
