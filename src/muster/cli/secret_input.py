"""Reading secrets from where they are safe: a file, stdin, the environment, or a silent prompt."""

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from muster.core.errors import ConfigError
from muster.core.source import SecretField

LONGEST_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Given:
    """What the command line says of one secret field; None where it says nothing."""

    value: str | None
    file: str | None


def variable(field: str) -> str:
    """Return the environment variable that a secret field is read from."""
    return f"MUSTER_{field.upper()}"


def read_secret(field: SecretField, given: Given, *, tell: Callable[[str], None]) -> str:
    """Return a secret from its file, stdin, the command line, the environment, or a prompt.

    Returns "" if it is given nowhere and nobody is there to ask.
    Raises ConfigError if it is given twice, or its file cannot be read.
    """
    flag = f"--{field.name.replace('_', '-')}"
    if given.value is not None and given.file is not None:
        raise ConfigError(f"both {flag} and {flag}-file are given", hint="Give one of them.")
    if given.file is not None:
        return _from_file(given.file, flag)
    if given.value == "-":
        return _from_file("-", flag)
    if given.value is not None:
        tell(
            f"Warning: {flag} is on the command line, where other users and the shell's history "
            f"can see it. Rather use {flag}-file, {flag} - (stdin), ${variable(field.name)}, "
            "or leave it out to be asked."
        )
        return given.value
    if text := os.environ.get(variable(field.name), ""):
        return text
    return _asked(field) if field.is_required else ""


def check_one_stdin(given: Sequence[Given]) -> None:
    """Raise ConfigError if two secrets are to come from stdin."""
    if sum("-" in {each.value, each.file} for each in given) > 1:
        raise ConfigError("only one secret can come from stdin", hint="Put the other in a file.")


def _from_file(path: str, flag: str) -> str:
    try:
        if path == "-":
            content = sys.stdin.buffer.read(LONGEST_BYTES + 1)
        else:
            with Path(path).expanduser().open("rb") as file:
                content = file.read(LONGEST_BYTES + 1)
    except OSError as error:
        raise ConfigError(f"{flag}-file {path} cannot be read: {error.strerror}") from error
    if len(content) > LONGEST_BYTES:
        raise ConfigError(f"{flag}-file {path} is longer than {LONGEST_BYTES} bytes")
    try:
        return content.decode("utf-8-sig").rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise ConfigError(
            f"{flag}-file {path} is not UTF-8: byte {error.start} of it cannot be read",
            hint="Convert it first, such as with: iconv -f latin1 -t utf-8.",
        ) from None  # the error itself holds the secret


def _asked(field: SecretField) -> str:
    if field.is_multiline or not sys.stdin.isatty():
        return ""
    import getpass

    return getpass.getpass(f"{field.label}: ")
