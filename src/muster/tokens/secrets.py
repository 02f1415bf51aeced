"""Making secrets, and the hash by which they are known again."""

import hashlib
import secrets

from muster.tokens.models import Kind

PREFIXES = {Kind.ACCOUNT: "CT", Kind.ORGANIZATION: "OT", Kind.EXPORT: "ET", Kind.DOWNLOAD: "DT"}
"""By what a token begins, as existing clients and secret scanners know it."""
_BYTES = 20
_SHOWN = 6


def new_token(kind: Kind) -> str:
    """Return a new token: its prefix and 160 random bits in hexadecimal."""
    return PREFIXES[kind] + secrets.token_hex(_BYTES)


def new_secret() -> str:
    """Return a new secret of a client, or a new access token."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """Return the hash under which a secret is kept.

    It is a plain one: nobody guesses 160 random bits, however fast guessing is.
    """
    return hashlib.sha256(secret.encode("utf-8", "backslashreplace")).hexdigest()


def beginning(token: str) -> str:
    """Return as much of a token as may be shown."""
    return token[:_SHOWN]
