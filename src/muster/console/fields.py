"""Fields of a form as data: written by hand, or drawn from what a source declares."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.http import QueryDict

from muster.core.errors import MusterError
from muster.core.source import CredentialType, Option, OptionKind, SecretField


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to choose."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `kind` is text, password, email, multiline, boolean, choice, number or hidden.

    `extra` names a template that is put under the field, such as a live check. A choice that
    `shows` decides which of the fields beside it are asked for: those `shown_for` its value.
    """

    name: str
    label: str
    kind: str = "text"
    value: str = ""
    help: str = ""
    error: str = ""
    choices: tuple[Choice, ...] = ()
    is_required: bool = False
    placeholder: str = ""
    autocomplete: str = "off"
    extra: str = ""
    shows: bool = False
    shown_for: str = ""

    @property
    def id(self) -> str:
        """What the label points to."""
        return f"field-{self.name.replace('.', '-')}"

    @property
    def is_on(self) -> bool:
        """True if a switch is on."""
        return self.value == "true"


OPTION = "option."
"""Before the names of a source's options, so that they never meet our own."""

SECRET = "secret."  # noqa: S105 - the beginning of field names
"""Before the names of a credential's fields."""

_KINDS = {
    OptionKind.TEXT: "text",
    OptionKind.BOOLEAN: "boolean",
    OptionKind.INTEGER: "number",
    OptionKind.CHOICE: "choice",
}


def option_fields(options: Sequence[Option], values: Mapping[str, str]) -> list[Field]:
    """Return a field for each option of a source, with its default where nothing is given."""
    return [_option_field(each, values.get(each.name, each.default)) for each in options]


def secret_fields(kind: CredentialType, values: Mapping[str, str]) -> list[Field]:
    """Return a field for each field of a credential; a secret is never put back into a page."""
    return [_secret_field(each, values) for each in kind.fields]


def given(posted: QueryDict, prefix: str) -> dict[str, str]:
    """Return the values whose names begin so, by the rest of their names.

    A switch sends "false" before it sends "true": the last one counts.
    """
    return {
        name.removeprefix(prefix): str(posted[name]) for name in posted if name.startswith(prefix)
    }


def with_error(fields: Sequence[Field], name: str, error: str) -> list[Field]:
    """Return the fields with a sentence under the one of that name."""
    return [replace(each, error=error) if each.name == name else each for each in fields]


def sentence(error: MusterError) -> str:
    """Return what to show of an error: what is wrong, and what to do."""
    text = f"{error.message[:1].upper()}{error.message[1:]}"
    ended = text if text.endswith((".", "!", "?")) else f"{text}."
    return f"{ended} {error.hint}".strip()


def _option_field(option: Option, value: str) -> Field:
    return Field(
        name=OPTION + option.name,
        label=option.label,
        kind=_KINDS[option.kind],
        value=value,
        help=option.help,
        choices=_choices(option.choices),
    )


def _secret_field(field: SecretField, values: Mapping[str, str]) -> Field:
    return Field(
        name=SECRET + field.name,
        label=field.label,
        kind=_kind_of(field),
        value="" if field.is_secret else values.get(field.name, field.default),
        help=field.help,
        choices=_choices(field.choices),
        is_required=field.is_required and not field.default,
        autocomplete="new-password" if field.is_secret else "off",
    )


def _kind_of(field: SecretField) -> str:
    if set(field.choices) == {"true", "false"}:
        return "boolean"
    if field.choices:
        return "choice"
    if field.is_multiline:
        return "multiline"
    return "password" if field.is_secret else "text"


def _choices(values: Sequence[str]) -> tuple[Choice, ...]:
    return tuple(Choice(each, each) for each in values)
