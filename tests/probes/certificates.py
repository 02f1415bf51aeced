"""Certificates for tests, made when they are needed."""

from datetime import UTC, datetime, timedelta
from functools import cache
from ipaddress import ip_address

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


@cache
def key():
    """Return the one key of all tests."""
    return ec.generate_private_key(ec.SECP256R1())


def certificate(name, *, names=(), addresses=(), issuer=""):
    """Return a certificate in DER."""
    own = _named(name)
    builder = (
        x509.CertificateBuilder()
        .subject_name(own)
        .issuer_name(_named(issuer) if issuer else own)
        .public_key(key().public_key())
        .serial_number(4711)
        .not_valid_before(BEGIN)
        .not_valid_after(BEGIN + timedelta(days=365))
    )
    others = [x509.DNSName(each) for each in names]
    others += [x509.IPAddress(ip_address(each)) for each in addresses]
    if others:
        builder = builder.add_extension(x509.SubjectAlternativeName(others), critical=False)
    return builder.sign(key(), hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def _named(name):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
