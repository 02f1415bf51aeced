"""What organizations and sites may be called."""

from muster.core.errors import ConfigError

LONGEST_NAME = 200


def checked_name(name: str, *, what: str) -> str:
    """Return a name without blanks around it; raise ConfigError if it is none."""
    stripped = name.strip()
    if not stripped:
        raise ConfigError(f"{what} needs a name")
    if len(stripped) > LONGEST_NAME or not stripped.isprintable():
        raise ConfigError(f"the name of {what} is at most {LONGEST_NAME} printable characters")
    return stripped
