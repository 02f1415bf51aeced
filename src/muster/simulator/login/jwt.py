"""JSON web tokens: signed with a key of ours, or a client's assertion verified."""

import base64
import binascii
from dataclasses import dataclass
from typing import Any

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

_PADDINGS: dict[str, padding.AsymmetricPadding] = {
    "RS256": padding.PKCS1v15(),
    "PS256": padding.PSS(mgf=padding.MGF1(SHA256()), salt_length=padding.PSS.DIGEST_LENGTH),
}


@dataclass(frozen=True, slots=True)
class Token:
    """A token taken apart. Nothing of it is believed before `is_signed_by`."""

    header: dict[str, Any]
    claims: dict[str, Any]
    signed: bytes
    signature: bytes

    def is_signed_by(self, key: rsa.RSAPublicKey) -> bool:
        """True if that key made the signature by RS256 or PS256."""
        scheme = _PADDINGS.get(str(self.header.get("alg")))
        if scheme is None:
            return False
        try:
            key.verify(self.signature, self.signed, scheme, SHA256())
        except InvalidSignature:
            return False
        return True


def encode(data: bytes) -> str:
    """Base64 as tokens have it: for URLs and without padding."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def decode(text: str) -> bytes:
    """The bytes of such a text."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def sign(claims: dict[str, Any], *, header: dict[str, str], key: rsa.RSAPrivateKey) -> str:
    """A token signed by RS256."""
    parts = [encode(orjson.dumps(part)) for part in ({**header, "alg": "RS256"}, claims)]
    signed = ".".join(parts)
    return f"{signed}.{encode(key.sign(signed.encode(), _PADDINGS['RS256'], SHA256()))}"


def parse(text: str) -> Token | None:
    """Take a token apart; None if it is none."""
    head, _, rest = text.partition(".")
    body, _, signature = rest.partition(".")
    try:
        header, claims = orjson.loads(decode(head)), orjson.loads(decode(body))
        token = Token(header, claims, f"{head}.{body}".encode(), decode(signature))
    except (binascii.Error, ValueError):
        return None
    return token if isinstance(header, dict) and isinstance(claims, dict) else None
