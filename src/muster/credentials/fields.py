"""Checking what a person gave for a credential against what its type declares."""

from collections.abc import Mapping

from muster.core.errors import ConfigError
from muster.core.source import CredentialType, SecretField

LONGEST_VALUE = 64 * 1024
LONGEST_NAME = 200


def checked_name(name: str) -> str:
    """Return the name without blanks around it.

    Raises ConfigError if it is empty, too long or not printable.
    """
    stripped = name.strip()
    if not stripped:
        raise ConfigError("a credential needs a name", hint="Give one, such as 'Contoso'.")
    if len(stripped) > LONGEST_NAME or not stripped.isprintable():
        raise ConfigError(
            f"the name of a credential is at most {LONGEST_NAME} printable characters"
        )
    return stripped


def checked(kind: CredentialType, values: Mapping[str, str]) -> dict[str, str]:
    """Return the values that are given, with defaults for the others.

    Raises ConfigError naming a field that is unknown, missing or not one of its choices.
    """
    known = {each.name: each for each in kind.fields}
    for name in values:
        if name not in known:
            raise ConfigError(
                f"a credential of type {kind.name} has no field '{name}'",
                hint=f"Its fields are: {', '.join(known)}.",
            )
    texts = {each.name: _text(each, values.get(each.name, "")) for each in kind.fields}
    return {name: text for name, text in texts.items() if text}


def _text(field: SecretField, given: str) -> str:
    text = given if field.is_secret else given.strip()
    if not text.strip():
        text = field.default
    if not text and field.is_required:
        raise ConfigError(f"the field '{field.name}' ({field.label}) is missing", hint=field.help)
    if field.choices and text and text not in field.choices:
        raise ConfigError(
            f"the field '{field.name}' ({field.label}) is '{text}'",
            hint=f"It is one of: {', '.join(field.choices)}.",
        )
    if len(text) > LONGEST_VALUE or not _is_storable(text):
        raise ConfigError(
            f"the field '{field.name}' ({field.label}) is too long or holds control characters",
            hint=f"It is text of at most {LONGEST_VALUE} characters. {field.help}".strip(),
        )
    return text


def _is_storable(text: str) -> bool:
    if any(each < " " and each not in "\t\r\n" for each in text):
        return False
    return not any("\ud800" <= each <= "\udfff" for each in text)
