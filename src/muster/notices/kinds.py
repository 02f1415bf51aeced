"""Kinds of channels: what each needs, declared as credentials of sources are."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from muster.core.errors import ConfigError
from muster.core.source import CredentialType, SecretField
from muster.notices.sending.mail import PORTS, SECURITY
from muster.notices.sending.webhook import check_url, signing_key

MOST_RECIPIENTS = 50
_LONGEST_LOCAL = 64  # RFC 5321 section 4.5.3.1
_HOST = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,251}[A-Za-z0-9_.])?|[0-9A-Fa-f:.]{2,45}")

EMAIL = CredentialType(
    "email",
    "E-mail",
    (
        SecretField("host", "Mail server", help="Its name, such as smtp.corp.example."),
        SecretField(
            "security",
            "Security",
            default="starttls",
            choices=SECURITY,
            help="starttls, tls from the start, or none.",
        ),
        SecretField(
            "port", "Port", is_required=False, help="587, 465 or 25 if not given, by the security."
        ),
        SecretField("user", "User", is_required=False, help="Whom to sign in as; nobody if empty."),
        SecretField(
            "password", "Password", is_secret=True, is_required=False, help="The user's password."
        ),
        SecretField("sender", "From", help="The address that notices come from."),
        SecretField("recipients", "To", help="Addresses to tell, separated by commas."),
    ),
)
WEBHOOK = CredentialType(
    "webhook",
    "Webhook",
    (
        SecretField(
            "url",
            "URL",
            is_secret=True,
            help="Where to post to: https://... Kept as a secret, since many hold one.",
        ),
        SecretField(
            "secret",
            "Signing secret",
            is_secret=True,
            help="24 to 64 bytes in base64, with or without whsec_ before it. "
            "Make one with: openssl rand -base64 32.",
        ),
    ),
)


def _checked_email(values: Mapping[str, str]) -> dict[str, str]:
    checked = {**values, "port": _port(values), "recipients": _recipients(values["recipients"])}
    checked["sender"] = _address(values["sender"])
    if not _HOST.fullmatch(values["host"]) or ".." in values["host"]:
        raise ConfigError(
            "the mail server is no name of a host",
            hint="Give its name only, such as smtp.corp.example; the port is an option of its own.",
        )
    if ("user" in values) != ("password" in values):
        raise ConfigError(
            "a user needs a password, and a password a user",
            hint="Give both, or neither where the server lets Muster send without signing in.",
        )
    if "password" in values and values["security"] == "none":
        raise ConfigError(
            "with security 'none' the password would cross the network readable by others",
            hint="Use starttls or tls, or no user and password.",
        )
    return checked


def _port(values: Mapping[str, str]) -> str:
    text = values.get("port", "") or str(PORTS[values["security"]])
    if not (text.isascii() and text.isdecimal() and 0 < int(text[:9]) < 1 << 16):
        raise ConfigError("the port is no number from 1 to 65535")
    return str(int(text))


def _recipients(text: str) -> str:
    found = list(dict.fromkeys(_address(each) for each in text.split(",") if each.strip()))
    if not 0 < len(found) <= MOST_RECIPIENTS:
        raise ConfigError(
            f"there are {len(found)} recipients, and must be 1 to {MOST_RECIPIENTS}",
            hint="For more people use the address of a mailing list.",
        )
    return ", ".join(found)


def _address(text: str) -> str:
    address = text.strip()
    try:
        validate_email(address)
    except ValidationError as error:
        raise _no_address(address) from error
    # Quoted local parts may hold anything, and no mailbox of today needs them.
    if not address.isprintable() or '"' in address or " " in address:
        raise _no_address(address)
    return _with_ascii_domain(address)


def _with_ascii_domain(address: str) -> str:
    local, _at, domain = address.rpartition("@")
    if len(local) > _LONGEST_LOCAL:
        raise _no_address(address)
    try:
        return f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError as error:
        raise _no_address(address) from error


def _no_address(text: str) -> ConfigError:
    shown = "".join(each if each.isprintable() else " " for each in text[:100])
    return ConfigError(
        f"'{shown}' is no e-mail address", hint="Write addresses only, such as ops@corp.example."
    )


def _checked_webhook(values: Mapping[str, str]) -> dict[str, str]:
    signing_key(values["secret"])
    address = check_url(values["url"].strip())
    return {**values, "url": values["url"].strip(), "origin": address.origin}


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of channel: its fields, and what makes values of them fit together."""

    declared: CredentialType
    fitted: Callable[[Mapping[str, str]], dict[str, str]]


_KINDS: Mapping[str, Kind] = {
    "email": Kind(EMAIL, _checked_email),
    "webhook": Kind(WEBHOOK, _checked_webhook),
}


def channel_types() -> tuple[CredentialType, ...]:
    """Return what each kind of channel needs."""
    return tuple(each.declared for each in _KINDS.values())


def channel_kind(name: str) -> Kind:
    """Return the kind of that name.

    Raises ConfigError if there is none.
    """
    if name not in _KINDS:
        raise ConfigError(
            f"there is no kind of channel '{name[:60]}'", hint=f"Kinds are: {', '.join(_KINDS)}."
        )
    return _KINDS[name]
