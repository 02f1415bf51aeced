"""Client assertions: a JWT signed with a certificate that the app registration knows."""

import binascii
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA1, SHA256

from muster.simulator.config import Application
from muster.simulator.login import jwt
from muster.simulator.login.errors import SignInError
from muster.simulator.tenants import Tenant

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_CLOCK_SKEW_SECONDS = 300


def verify_assertion(text: str, *, app: Application, tenant: Tenant, now: datetime) -> None:
    """Raise SignInError unless a certificate of the app signed this for this tenant, for now."""
    token = jwt.parse(text)
    if token is None:
        raise SignInError(50027)
    certificate = _certificate(token, app)
    key = certificate.public_key()
    if not isinstance(key, rsa.RSAPublicKey) or not token.is_signed_by(key):
        raise SignInError(700027, app.client_id, "The key was found, but the signature is invalid.")
    if not _names(token.claims, app):
        raise SignInError(50012, "The client assertion's issuer and subject are not the client.")
    if not _is_audience(token.claims.get("aud"), tenant):
        raise SignInError(700023)
    _check_time(token.claims, now)


def _certificate(token: jwt.Token, app: Application) -> x509.Certificate:
    thumbprints = {
        SHA1: token.header.get("x5t"),
        SHA256: token.header.get("x5t#S256"),
    }
    for pem in app.certificates:
        certificate = x509.load_pem_x509_certificate(pem.encode())
        for kind, claimed in thumbprints.items():
            if claimed is not None and _decoded(claimed) == certificate.fingerprint(kind()):
                return certificate
    raise SignInError(700027, app.client_id, "The key was not found.")


def _decoded(claimed: object) -> bytes:
    try:
        return jwt.decode(str(claimed))
    except (binascii.Error, ValueError):
        return b""


def _names(claims: dict[str, Any], app: Application) -> bool:
    wanted = app.client_id.lower()
    return all(str(claims.get(name, "")).lower() == wanted for name in ("iss", "sub"))


def _is_audience(claimed: object, tenant: Tenant) -> bool:
    """True if the audience is a token endpoint of this tenant, at whatever host it is served."""
    path = str(claimed).partition("://")[2].partition("/")[2].lower().rstrip("/")
    names = (tenant.id, *tenant.domains, "common", "organizations")
    suffixes = ("/oauth2/v2.0/token", "/oauth2/token", "/v2.0", "")
    return any(path == f"{name.lower()}{suffix}" for name in names for suffix in suffixes)


def _check_time(claims: dict[str, Any], now: datetime) -> None:
    expires, starts = claims.get("exp"), claims.get("nbf", 0)
    moment = now.timestamp()
    if not isinstance(expires, int | float) or not isinstance(starts, int | float):
        raise SignInError(50027)
    if expires < moment - _CLOCK_SKEW_SECONDS or starts > moment + _CLOCK_SKEW_SECONDS:
        raise SignInError(700024, f"{now:%Y-%m-%dT%H:%M:%S.0000000Z}", str(expires))
