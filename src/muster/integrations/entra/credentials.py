"""The credentials Entra accepts: how they are asked for, and how a given one is read."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from muster.core.errors import ConfigError
from muster.core.source import CredentialType, SecretField
from muster.integrations.entra.clouds import CLOUDS

_CLIENT_ID = SecretField(
    "client_id",
    "Azure application (client) ID",
    help="App registrations > your application > Overview.",
)
_TENANT_ID = SecretField(
    "tenant_id",
    "Azure directory (tenant) ID",
    help="App registrations > your application > Overview. A verified domain works too.",
)
_ENVIRONMENT = SecretField(
    "environment",
    "Cloud",
    is_required=False,
    default="global",
    choices=tuple(CLOUDS),
    help="The national cloud the tenant lives in.",
)

CLIENT_SECRET = CredentialType(
    "azure_client_secret",
    "Azure Client Secret",
    (
        _CLIENT_ID,
        SecretField(
            "client_secret",
            "Azure client secret",
            is_secret=True,
            help="The secret's Value, not its ID: Certificates & secrets > New client secret.",
        ),
        _TENANT_ID,
        _ENVIRONMENT,
        SecretField(
            "multi_subscription",
            "Access all subscriptions in this directory (tenant)",
            is_required=False,
            default="true",
            choices=("true", "false"),
            help="Kept for Azure resources. Devices, users and groups belong to the directory, "
            "not to a subscription, so this changes nothing for Entra ID.",
        ),
        SecretField(
            "subscription_id",
            "Azure subscription ID",
            is_required=False,
            help="Needed only where not all subscriptions are accessed.",
        ),
    ),
)

CERTIFICATE = CredentialType(
    "azure_certificate",
    "Azure Client Certificate",
    (
        _CLIENT_ID,
        _TENANT_ID,
        SecretField(
            "certificate",
            "Certificate and private key (PEM)",
            is_secret=True,
            is_multiline=True,
            help="Both PEM blocks. Upload only the certificate to Certificates & secrets.",
        ),
        _ENVIRONMENT,
    ),
)

USERNAME_PASSWORD = CredentialType(
    "azure_username_password",
    "Azure Username & Password",
    (
        _CLIENT_ID,
        _TENANT_ID,
        SecretField(
            "username",
            "Azure username",
            help="A cloud account of this directory; it cannot be a federated user.",
        ),
        SecretField("password", "Azure password", is_secret=True),
        _ENVIRONMENT,
    ),
    note="Legacy: Microsoft advises against it and it cannot do multi-factor authentication. "
    "Prefer a client secret or a certificate.",
)

CREDENTIAL_TYPES = (CLIENT_SECRET, CERTIFICATE, USERNAME_PASSWORD)

_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_DOMAIN = re.compile(
    r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]",
    re.IGNORECASE,
)
_USERNAME = re.compile(r"[^\s@/?#%\\]+@[^\s@/?#%\\]+")
_PRIVATE_KEY = re.compile(
    r"-----BEGIN (?:RSA |EC )?PRIVATE KEY-----.+?-----END (?:RSA |EC )?PRIVATE KEY-----", re.DOTALL
)
_CERTIFICATES = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Credential:
    """One credential, read: exactly one of the three secrets is filled."""

    client_id: str
    tenant_id: str
    environment: str
    client_secret: str = field(default="", repr=False)
    private_key: str = field(default="", repr=False)
    certificate: str = field(default="", repr=False)
    username: str = ""
    password: str = field(default="", repr=False)

    @property
    def is_delegated(self) -> bool:
        """True where a user signs in, so that permissions are delegated ones."""
        return bool(self.username)

    def secrets(self) -> tuple[str, ...]:
        """What must never show up in a message."""
        return tuple(filter(None, (self.client_secret, self.private_key, self.password)))


def read(secret: Mapping[str, str]) -> Credential:
    """Return the credential of a secret's fields, blanks around ids trimmed.

    Raises ConfigError naming the field that is missing or malformed, before anything is sent.
    """
    given = {name: value or "" for name, value in secret.items()}
    client_id = _guid(given, _CLIENT_ID)
    tenant_id = tenant(given)
    environment = given.get("environment", "").strip() or "global"
    _check_subscription(given)
    if given.get("username", "").strip() or given.get("password"):
        username, password = _user(given)
        return Credential(client_id, tenant_id, environment, username=username, password=password)
    if given.get("certificate", "").strip():
        key, certificate = _pem(given["certificate"])
        return Credential(
            client_id, tenant_id, environment, private_key=key, certificate=certificate
        )
    return Credential(client_id, tenant_id, environment, client_secret=_client_secret(given))


def tenant(secret: Mapping[str, str]) -> str:
    """Return the tenant's id or domain in one spelling.

    Raises ConfigError if it is missing, or one of the shared names such as `common`.
    """
    text = _required(secret, _TENANT_ID).casefold()
    if not (_GUID.fullmatch(text) or _DOMAIN.fullmatch(text)):
        raise ConfigError(
            f"{_TENANT_ID.label} {text!r} is neither a GUID nor a domain",
            hint="Copy it from App registrations > your application > Overview.",
        )
    return text


def _required(secret: Mapping[str, str], asked: SecretField) -> str:
    text = (secret.get(asked.name) or "").strip()
    if not text:
        raise ConfigError(f"{asked.label} is missing", hint=asked.help)
    return text


def _guid(secret: Mapping[str, str], asked: SecretField) -> str:
    text = _required(secret, asked).casefold()
    if not _GUID.fullmatch(text):
        raise ConfigError(f"{asked.label} {text!r} is not a GUID", hint=asked.help)
    return text


def _client_secret(secret: Mapping[str, str]) -> str:
    text = (secret.get("client_secret") or "").strip()
    if not text:
        raise ConfigError(
            "the credential holds no client secret, certificate or password",
            hint="Fill in one of them.",
        )
    return text


def _check_subscription(secret: Mapping[str, str]) -> None:
    text = (secret.get("subscription_id") or "").strip()
    if text and not _GUID.fullmatch(text):
        raise ConfigError(
            f"Azure subscription ID {text!r} is not a GUID",
            hint="Copy it from Subscriptions, or leave it empty.",
        )


def _user(secret: Mapping[str, str]) -> tuple[str, str]:
    username = (secret.get("username") or "").strip()
    password = secret.get("password") or ""
    if not _USERNAME.fullmatch(username):
        raise ConfigError(
            f"Azure username {username!r} is not a sign-in name",
            hint="It looks like name@domain.",
        )
    if not password.strip():
        raise ConfigError("Azure password is missing", hint="Fill it in.")
    return username, password


def _pem(text: str) -> tuple[str, str]:
    """Return the private key and the certificates, checked to belong together."""
    key = _PRIVATE_KEY.search(text)
    certificates = _CERTIFICATES.findall(text)
    if key is None or not certificates:
        missing = "private key" if key is None else "certificate"
        raise ConfigError(
            f"the PEM text holds no unencrypted {missing}",
            hint="Paste both blocks: -----BEGIN CERTIFICATE----- and -----BEGIN PRIVATE KEY-----.",
        )
    _check_pair(key.group(), certificates[0])
    return key.group(), "\n".join(certificates)


def _check_pair(key: str, certificate: str) -> None:
    try:
        private = serialization.load_pem_private_key(key.encode(), password=None)
        public = x509.load_pem_x509_certificate(certificate.encode()).public_key()
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise ConfigError(
            "the PEM text cannot be read as a certificate and an unencrypted private key",
            hint="Export both again, without a passphrase.",
        ) from error
    if not isinstance(private, rsa.RSAPrivateKey):
        raise ConfigError("the private key is not an RSA key", hint="Entra ID accepts RSA only.")
    if private.public_key() != public:
        raise ConfigError(
            "the private key does not belong to the certificate",
            hint="Put the certificate of this key first.",
        )


def expires_at(credential: Credential) -> datetime | None:
    """Return when the certificate ends; None for other credentials, which do not say."""
    if not credential.certificate:
        return None
    return x509.load_pem_x509_certificate(credential.certificate.encode()).not_valid_after_utc
