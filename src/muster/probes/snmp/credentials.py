"""What SNMP signs in with."""

from collections.abc import Mapping
from typing import TypeVar

from gufo.snmp.user import (
    Aes128Key,
    Aes192Key,
    Aes256Key,
    BaseAuthKey,
    BasePrivKey,
    DesKey,
    Md5Key,
    Sha1Key,
    Sha224Key,
    Sha256Key,
    Sha384Key,
    Sha512Key,
    User,
)

from muster.core.errors import ConfigError
from muster.core.source import CredentialType, SecretField

COMMUNITY = CredentialType(
    "snmpv2_community",
    "SNMP v1 and v2c community",
    (SecretField("community", "Community", is_secret=True),),
)
AUTHENTICATION: Mapping[str, type[BaseAuthKey]] = {
    "md5": Md5Key,
    "sha": Sha1Key,
    "sha224": Sha224Key,
    "sha256": Sha256Key,
    "sha384": Sha384Key,
    "sha512": Sha512Key,
}
PRIVACY: Mapping[str, type[BasePrivKey]] = {
    "des": DesKey,
    "aes": Aes128Key,
    "aes192": Aes192Key,
    "aes256": Aes256Key,
}
USER = CredentialType(
    "snmpv3_credential",
    "SNMP v3 user",
    (
        SecretField("username", "User name"),
        SecretField(
            "auth-protocol",
            "Authentication",
            is_required=False,
            choices=("none", *AUTHENTICATION),
            default="sha",
        ),
        SecretField(
            "auth-passphrase", "Authentication passphrase", is_secret=True, is_required=False
        ),
        SecretField(
            "privacy-protocol",
            "Privacy",
            is_required=False,
            choices=("none", *PRIVACY),
            default="aes",
        ),
        SecretField("privacy-passphrase", "Privacy passphrase", is_secret=True, is_required=False),
    ),
)
_SHORTEST = 8
T = TypeVar("T")


def user(fields: Mapping[str, str]) -> User:
    """Return the user that a credential describes. Raises ConfigError naming what is missing."""
    authentication = fields.get("auth-protocol", "none") or "none"
    privacy = fields.get("privacy-protocol", "none") or "none"
    if not fields.get("username"):
        raise ConfigError("the SNMP v3 credential has no user name")
    if authentication == "none":
        if privacy != "none":
            raise ConfigError(
                "the SNMP v3 credential has privacy without authentication",
                hint="Choose an authentication protocol too.",
            )
        return User(fields["username"])
    key = _of("auth-protocol", AUTHENTICATION, authentication)(
        _passphrase(fields, "auth-passphrase")
    )
    if privacy == "none":
        return User(fields["username"], auth_key=key)
    secret = _of("privacy-protocol", PRIVACY, privacy)(_passphrase(fields, "privacy-passphrase"))
    return User(fields["username"], auth_key=key, priv_key=secret)


def _of(field: str, among: Mapping[str, T], name: str) -> T:
    found = among.get(name.casefold())
    if found is None:
        raise ConfigError(
            f"the SNMP v3 credential has an unknown {field}",
            hint=f"It is one of: none, {', '.join(among)}.",
        )
    return found


def _passphrase(fields: Mapping[str, str], field: str) -> bytes:
    given = fields.get(field, "").encode()
    if len(given) < _SHORTEST:
        raise ConfigError(
            f"the SNMP v3 credential has an {field} of less than {_SHORTEST} characters",
            hint="RFC 3414 asks for at least eight.",
        )
    return given
