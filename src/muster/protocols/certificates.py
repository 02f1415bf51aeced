"""What an X.509 certificate says: its names, and the attributes that are searched for."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from cryptography.x509.oid import NameOID

from muster.core.errors import DataError
from muster.protocols import text

LARGEST = 64 * 1024
T = TypeVar("T")
_KINDS: dict[type, str] = {
    rsa.RSAPublicKey: "RSA",
    ec.EllipticCurvePublicKey: "ECDSA",
    ed25519.Ed25519PublicKey: "Ed25519",
    ed448.Ed448PublicKey: "Ed448",
}


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate's attributes (`tls.…`), and the host names in it, without wildcards."""

    attributes: dict[str, str]
    names: tuple[str, ...]


def read(der: bytes) -> Certificate:
    """Return what a certificate says. Raises DataError if it is none; odd parts are left out."""
    if len(der) > LARGEST:
        raise DataError(f"the certificate has {len(der)} bytes")
    try:
        found = x509.load_der_x509_certificate(der)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise DataError(f"the certificate cannot be read: {error}") from error
    subject, issuer = _or_none(lambda: found.subject), _or_none(lambda: found.issuer)
    common = _common_name(subject)
    alternatives = _alternatives(found)
    everyone = [*([common] if common else []), *alternatives]
    hosts = text.names(each for each in everyone if _is_host(each))
    told = {
        "tls.cn": common,
        "tls.names": everyone,
        "tls.subject": subject and subject.rfc4514_string(),
        "tls.issuer": issuer and issuer.rfc4514_string(),
        "tls.serial": _or_none(lambda: f"{found.serial_number:x}"),
        "tls.notBeforeTS": _seconds(lambda: found.not_valid_before_utc),
        "tls.notAfterTS": _seconds(lambda: found.not_valid_after_utc),
        "tls.selfSigned": subject is not None and subject == issuer,
        "tls.signatureAlgorithm": _or_none(lambda: _signed_with(found)),
        "tls.fp.sha1": found.fingerprint(hashes.SHA1()).hex(),  # noqa: S303 - a name, not a proof
        "tls.fp.sha256": found.fingerprint(hashes.SHA256()).hex(),
        **_key(found),
    }
    return Certificate(text.attributes(told), hosts)


def _or_none(get: Callable[[], T]) -> T | None:
    """Return a part of the certificate; None where it is malformed, as parts are read late."""
    try:
        return get()
    except (ValueError, TypeError, UnsupportedAlgorithm, OverflowError, x509.ExtensionNotFound):
        return None


def _common_name(name: x509.Name | None) -> str:
    found = name.get_attributes_for_oid(NameOID.COMMON_NAME) if name else []
    return text.clean(found[0].value) if found else ""


def _alternatives(certificate: x509.Certificate) -> list[str]:
    extension = _or_none(
        lambda: certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    )
    if extension is None:
        return []
    addresses: Iterable[object] = extension.get_values_for_type(x509.IPAddress)
    return [*extension.get_values_for_type(x509.DNSName), *(str(each) for each in addresses)]


def _is_host(name: str) -> bool:
    return "*" not in name and " " not in name


def _seconds(get: Callable[[], datetime]) -> int | None:
    instant = _or_none(get)
    return None if instant is None else int(instant.timestamp())


def _signed_with(certificate: x509.Certificate) -> str:
    return certificate.signature_algorithm_oid._name  # noqa: SLF001 - its only readable name


def _key(certificate: x509.Certificate) -> dict[str, object]:
    key = _or_none(certificate.public_key)
    kind = next((name for each, name in _KINDS.items() if isinstance(key, each)), None)
    return {"tls.publicKeyAlgorithm": kind, "tls.publicKeyBits": getattr(key, "key_size", None)}
