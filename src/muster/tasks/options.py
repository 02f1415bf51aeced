"""Checking what a person set for a task against what its source declares."""

from collections.abc import Mapping
from datetime import timedelta

from muster.core.errors import ConfigError
from muster.core.source import Option, OptionKind, Source

EXCLUDE_UNKNOWN = "exclude_unknown"
"""An option that ingest, not the source, obeys."""

FULL_SYNC_DAYS = "full_sync_days"
"""Likewise obeyed here: the most days between two syncs that read everything."""

_OBEYED_HERE = frozenset({EXCLUDE_UNKNOWN, FULL_SYNC_DAYS})
_FULL_SYNC_DAYS = 7
_MOST_DAYS = 36_500

_YES = frozenset({"true", "yes", "1", "on"})
_NO = frozenset({"false", "no", "0", "off", ""})


def checked(source: Source, given: Mapping[str, str]) -> dict[str, str]:
    """Return the options that differ from their defaults, in one spelling.

    Raises ConfigError naming an option that is unknown or cannot be read.
    """
    known = {each.name: each for each in source.options}
    for name in given:
        if name not in known:
            raise ConfigError(
                f"{source.label} has no option '{name}'",
                hint=f"Its options are: {', '.join(known) or 'none'}.",
            )
    texts = {name: _text(known[name], text.strip()) for name, text in given.items()}
    return {name: text for name, text in texts.items() if text != known[name].default}


def excludes_unknown(options: Mapping[str, str]) -> bool:
    """True if assets that match none of ours are left out."""
    return options.get(EXCLUDE_UNKNOWN) == "true"


def deciding(options: Mapping[str, str]) -> dict[str, str]:
    """Return the options that decide what a source tells: those that it obeys itself."""
    return {name: text for name, text in options.items() if name not in _OBEYED_HERE}


def full_sync_every(options: Mapping[str, str]) -> timedelta | None:
    """Return the longest time between two syncs that read everything; None if all are to."""
    days = int(options.get(FULL_SYNC_DAYS) or _FULL_SYNC_DAYS)
    return timedelta(days=min(days, _MOST_DAYS)) if days else None


def _text(option: Option, text: str) -> str:
    if option.kind is OptionKind.BOOLEAN:
        return _boolean(option, text)
    if option.kind is OptionKind.INTEGER and text and not (text.isascii() and text.isdigit()):
        raise _wrong(option, text, "It is a whole number.")
    if option.kind is OptionKind.CHOICE and text not in {option.default, *option.choices}:
        raise _wrong(option, text, f"It is one of: {', '.join(option.choices)}.")
    return text


def _boolean(option: Option, text: str) -> str:
    folded = text.casefold()
    if folded not in _YES | _NO:
        raise _wrong(option, text, "It is true or false.")
    return "true" if folded in _YES else "false"


def _wrong(option: Option, text: str, hint: str) -> ConfigError:
    return ConfigError(f"the option '{option.name}' is '{text}'", hint=hint)
