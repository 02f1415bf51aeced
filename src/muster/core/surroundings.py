"""Reading settings from the environment, with a sentence for what cannot be read."""

from collections.abc import Mapping

from muster.core.errors import ConfigError

_MOST = 999_999


def whole_number(
    name: str, environ: Mapping[str, str], *, default: int, least: int = 1, most: int = _MOST
) -> int:
    """Return the number that a variable holds, or the default where it is unset.

    Raises ConfigError if it is no whole number of at least `least`.
    """
    text = environ.get(name, "").strip()
    if not text:
        return default
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(most))
    if is_number and least <= int(text) <= most:
        return int(text)
    raise ConfigError(
        f"{name} is '{text[:50]}'", hint=f"It is a whole number from {least} to {most}."
    )


def words(name: str, environ: Mapping[str, str]) -> list[str]:
    """Return what a variable lists, by commas or blanks; empty where it is unset."""
    return environ.get(name, "").replace(",", " ").split()
