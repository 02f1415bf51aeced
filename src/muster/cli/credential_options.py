"""Options for the fields of credentials and channels: drawn from what declares them, read back."""

import inspect
from collections.abc import Callable, Iterable

from muster.cli.declaring import Drawn, option
from muster.cli.secret_input import Given, check_one_stdin, read_secret, variable
from muster.core.source import CredentialType, SecretField


def field_options(types: Iterable[CredentialType]) -> list[inspect.Parameter]:
    """Return the options of all fields of all types; fields of one name are one option."""
    drawn: dict[str, inspect.Parameter] = {}
    for kind in types:
        for field in kind.fields:
            for each in _options(field):
                drawn.setdefault(each.name, each)
    return list(drawn.values())


def _options(field: SecretField) -> Iterable[inspect.Parameter]:
    flag = f"--{field.name.replace('_', '-')}"
    text = f"{field.label}. {field.help}".strip()
    if not field.is_secret:
        choices = f" One of: {', '.join(field.choices)}." if field.choices else ""
        yield option(field.name, str | None, None, flag, help=text + choices)
        return
    otherwise = "." if field.is_multiline else ", or leave it out to be asked."
    where = f" Or set {variable(field.name)}{otherwise}"
    yield option(
        f"{field.name}_file", str | None, None, f"{flag}-file", help=f"File with it. {text}{where}"
    )
    yield option(
        field.name, str | None, None, flag, help="- reads it from stdin. A value is seen by others."
    )


def given_values(
    kind: CredentialType, drawn: Drawn, *, tell: Callable[[str], None]
) -> dict[str, str]:
    """Return the values for a type; what belongs to no field of it is passed on, to be refused."""
    secret = kind.secret_names()
    given = {name: Given(drawn[name], drawn.get(f"{name}_file")) for name in sorted(secret)}
    check_one_stdin(list(given.values()))
    values = {
        name: text
        for name, text in drawn.items()
        if text is not None and name.removesuffix("_file") not in secret
    }
    for field in kind.fields:
        if field.is_secret and (text := read_secret(field, given[field.name], tell=tell)):
            values[field.name] = text
    return values
