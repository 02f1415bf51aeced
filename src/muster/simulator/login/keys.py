"""The key that signs tokens, and who still believes them."""

import hashlib
import itertools
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from muster.simulator.login import jwt


class SigningKey:
    """An RSA key with its certificate, as the keys endpoint shows it."""

    def __init__(self) -> None:
        """Make a new key."""
        self._private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.public = self._private.public_key()
        certificate = _self_signed(self._private).public_bytes(Encoding.DER)
        self._certificate = certificate
        self.id = jwt.encode(hashlib.sha1(certificate).digest())  # noqa: S324 - x5t is SHA-1

    def sign(self, claims: dict[str, Any]) -> str:
        """A token with these claims."""
        header = {"typ": "JWT", "x5t": self.id, "kid": self.id}
        return jwt.sign(claims, header=header, key=self._private)

    def to_json(self, issuer: str) -> dict[str, Any]:
        """The public half as a JSON web key."""
        import base64

        numbers = self.public.public_numbers()
        return {
            "kty": "RSA",
            "use": "sig",
            "kid": self.id,
            "x5t": self.id,
            "n": jwt.encode(numbers.n.to_bytes((numbers.n.bit_length() + 7) // 8)),
            "e": jwt.encode(numbers.e.to_bytes(3)),
            "x5c": [base64.b64encode(self._certificate).decode()],
            "issuer": issuer,
        }


class IssuedTokens:
    """Which access tokens Graph still believes."""

    def __init__(self, lifetime: timedelta) -> None:
        """Let tokens live that long."""
        self.lifetime = lifetime
        self._serials: dict[str, int] = {}
        self._counter = itertools.count(1)
        self._expired_through = 0
        self._expired: set[str] = set()

    def new_id(self) -> str:
        """A name for a new token."""
        name = jwt.encode(secrets.token_bytes(16))
        self._serials[name] = next(self._counter)
        return name

    def expire_all(self) -> None:
        """Let every token that was given out so far be expired."""
        self._expired_through = max(self._serials.values(), default=0)

    def expire(self, name: str) -> None:
        """Let that one be expired."""
        self._expired.add(name)

    def is_expired(self, name: str) -> bool:
        """True if it was made to expire before its time."""
        return name in self._expired or self._serials.get(name, 0) <= self._expired_through


def _self_signed(key: rsa.RSAPrivateKey) -> x509.Certificate:
    name = x509.Name(
        [x509.NameAttribute(NameOID.COMMON_NAME, "accounts.accesscontrol.windows.net")]
    )
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1800))
        .sign(key, SHA256())
    )
