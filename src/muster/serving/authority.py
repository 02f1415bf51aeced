"""A certificate authority of this installation's own, and the server's certificate from it.

For whoever has no certificate yet: clients trust `tls/ca.pem` once, and it stays when the
server's certificate is made anew, as its names change or its time runs out.
"""

import ipaddress
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from muster.core import private_files
from muster.core.errors import ConfigError

AUTHORITY_LASTS = timedelta(days=3650)
CERTIFICATE_LASTS = timedelta(days=397)
"""Longer than this, browsers take no certificate."""
_RENEWED_BEFORE = timedelta(days=30)
_CLOCKS_DIFFER = timedelta(hours=1)
_LONGEST_NAME = 64


@dataclass(frozen=True, slots=True)
class Files:
    """Where the certificate, its key and the authority that clients trust lie."""

    certificate: Path
    key: Path
    authority: Path


def own_certificate(folder: Path, names: Iterable[str], *, at: datetime) -> Files:
    """Return a certificate for these names and addresses, made if there is none that still holds.

    Raises ConfigError if the folder cannot be written, or what lies there is none of ours.
    """
    files = Files(folder / "server.pem", folder / "server.key", folder / "ca.pem")
    wanted = frozenset(each for each in names if each)
    try:
        _make_authority(folder, at=at)
        if not _holds(files, wanted, at=at):
            _make_certificate(folder, files, wanted, at=at)
    except OSError as error:
        raise ConfigError(
            f"the certificate in {folder} cannot be made: {error.strerror or error}",
            hint="See who owns the folder, or give a certificate with --tls-cert and --tls-key.",
        ) from error
    except (ValueError, TypeError) as error:
        raise ConfigError(
            f"what lies in {folder} is no certificate and key of ours",
            hint="Remove the folder to make them anew; clients then have to trust the new ca.pem.",
        ) from error
    return files


def names_of_this_machine(host: str, told: Iterable[str]) -> list[str]:
    """Return by what names and addresses clients may come."""
    own = {"localhost", socket.gethostname(), socket.getfqdn(), "127.0.0.1", "::1", *told}
    own |= {address for address in _addresses() if address}
    if host not in {"", "0.0.0.0", "::"}:  # noqa: S104 - compared with, not listened on
        own.add(host)
    return sorted(each.strip("[]").casefold() for each in own if each)


def _addresses() -> set[str]:
    """Return the addresses by which this machine goes out; nothing is sent to find out."""
    found = set()
    for family, target in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as probe:
                probe.connect((target, 9))
                found.add(str(probe.getsockname()[0]).partition("%")[0])
        except OSError:
            continue
    return found


def _make_authority(folder: Path, *, at: datetime) -> None:
    """Make the authority's key and certificate, if they are not there."""
    key_file, file = folder / "ca.key", folder / "ca.pem"
    if key_file.exists() and file.exists():
        return
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(f"Muster CA on {socket.gethostname()}"[:_LONGEST_NAME])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - _CLOCKS_DIFFER)
        .not_valid_after(at + AUTHORITY_LASTS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    private_files.replace(key_file, _key_pem(key))
    private_files.replace(file, _pem(certificate))


def _make_certificate(folder: Path, files: Files, names: frozenset[str], *, at: datetime) -> None:
    authority = _read(files.authority)
    signing = serialization.load_pem_private_key((folder / "ca.key").read_bytes(), None)
    if not isinstance(signing, ec.EllipticCurvePrivateKey):
        raise TypeError("not one of ours")
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = (
        x509.CertificateBuilder()
        .subject_name(_name("Muster"))
        .issuer_name(authority.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - _CLOCKS_DIFFER)
        .not_valid_after(min(at + CERTIFICATE_LASTS, authority.not_valid_after_utc))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName([_alternative(e) for e in sorted(names)]), False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()), critical=False
        )
        .sign(signing, hashes.SHA256())
    )
    private_files.replace(files.key, _key_pem(key))
    private_files.replace(files.certificate, _pem(certificate) + _pem(authority))


def _holds(files: Files, names: frozenset[str], *, at: datetime) -> bool:
    """True if the certificate is the authority's, and holds for a while, for all names."""
    if not (files.certificate.exists() and files.key.exists()):
        return False
    certificate, authority = _read(files.certificate), _read(files.authority)
    if certificate.not_valid_after_utc - at < _RENEWED_BEFORE:
        return False
    try:
        certificate.verify_directly_issued_by(authority)
    except Exception:  # noqa: BLE001 - whatever speaks against it, another one is made
        return False
    held = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return set(map(_alternative, names)) <= set(held)


def _alternative(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(text))
    except ValueError:
        return x509.DNSName(text.encode("idna").decode() if not text.isascii() else text)


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs,
        crl_sign=signs,
        encipher_only=False,
        decipher_only=False,
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _read(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode("ascii")


def _key_pem(key: ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode("ascii")
