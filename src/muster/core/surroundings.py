"""Reading settings from the environment, with a sentence for what cannot be read."""

from collections.abc import Mapping

from muster.core.errors import ConfigError

_MOST_DIGITS = 6


def whole_number(name: str, environ: Mapping[str, str], *, default: int, least: int = 1) -> int:
    """Return the number that a variable holds, or the default where it is unset.

    Raises ConfigError if it is no whole number of at least `least`.
    """
    text = environ.get(name, "").strip()
    if not text:
        return default
    if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS and int(text) >= least:
        return int(text)
    raise ConfigError(
        f"{name} is '{text[:50]}'", hint=f"It is a whole number from {least} to 999999."
    )


def words(name: str, environ: Mapping[str, str]) -> list[str]:
    """Return what a variable lists, by commas or blanks; empty where it is unset."""
    return environ.get(name, "").replace(",", " ").split()
