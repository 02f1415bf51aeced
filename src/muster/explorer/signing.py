"""Signatures: who says something, when, in which session, and that nobody has changed it."""

import base64
import binascii
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from muster.core.errors import DataError

EXPLORER: Final = "Muster-Explorer"
PROTOCOL: Final = "Muster-Protocol"
SESSION: Final = "Muster-Session"
SIGNATURE: Final = "Muster-Signature"
TIME: Final = "Muster-Time"

_DOMAIN: Final = "muster explorer request 1"
_MOST_DIGITS: Final = 12


@dataclass(frozen=True, slots=True)
class Said:
    """What is signed of a request. `path` is the part behind the endpoint's own address.

    So a proxy may put the endpoint elsewhere without breaking a signature.
    """

    path: str
    body: bytes
    at: datetime
    explorer: str = ""
    session: str = ""

    def text(self) -> bytes:
        """Return the text that is signed: one field a line, none of which holds a line's end."""
        digest = hashlib.sha256(self.body).hexdigest()
        fields = (_DOMAIN, self.path, self.explorer, self.session, _seconds(self.at), digest)
        return "\n".join(fields).encode()


def signed_headers(said: Said, key: Ed25519PrivateKey) -> dict[str, str]:
    """Return the headers that carry a signature and what it covers besides path and body."""
    return {
        EXPLORER: said.explorer,
        SESSION: said.session,
        TIME: _seconds(said.at),
        SIGNATURE: base64.b64encode(key.sign(said.text())).decode(),
    }


def read_headers(headers: Mapping[str, str], *, path: str, body: bytes) -> tuple[Said, bytes]:
    """Return what a request says, and its signature. Raises DataError if it has none."""
    try:
        signature = base64.b64decode(headers.get(SIGNATURE, ""), validate=True)
    except (binascii.Error, ValueError) as error:
        raise _unsigned() from error
    seconds = headers.get(TIME, "")
    if not signature or not (seconds.isascii() and seconds.isdigit()):
        raise _unsigned()
    if len(seconds) > _MOST_DIGITS - 2:
        raise _unsigned()
    said = Said(
        path=path,
        body=body,
        at=datetime.fromtimestamp(int(seconds), UTC),
        explorer=headers.get(EXPLORER, ""),
        session=headers.get(SESSION, ""),
    )
    return said, signature


def is_genuine(said: Said, signature: bytes, public_key: str) -> bool:
    """True if whoever holds the other half of a key has signed this."""
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key))
        key.verify(signature, said.text())
    except (InvalidSignature, ValueError):
        return False
    return True


def _seconds(at: datetime) -> str:
    return str(int(at.timestamp()))


def _unsigned() -> DataError:
    return DataError(
        "the request is not signed",
        hint="Only Explorers ask here; see: muster explorer --help.",
        code="unsigned",
    )
