"""Making what others wrote fit for the log and for messages: no secrets, no control characters."""

from collections.abc import Mapping, Sequence

from muster.core.errors import ConfigError
from muster.core.redact import HIDDEN, redact
from muster.notices.models import LONGEST_NAME

LONGEST_TEXT = 2_000
_MOST_VALUES = 100
_DEEPEST = 4
_SECRET_WORDS = ("secret", "password", "token", "private_key", "authorization")


def name_of(text: str) -> str:
    """Return a name as the log keeps it: one line, shortened with a mark where it is too long."""
    return shortened(one_line(text), LONGEST_NAME)


def one_line(text: str) -> str:
    """Return the text without secrets, with a blank for each character that is not printed."""
    clean = redact(storable(text))
    return "".join(each if each.isprintable() else " " for each in clean).strip()


def shortened(text: str, most: int) -> str:
    """Return the text, or its beginning with an ellipsis."""
    return text if len(text) <= most else text[: most - 1] + "…"


def storable(text: str) -> str:
    """Return the text without what PostgreSQL does not take."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def details_of(given: Mapping[str, object]) -> dict[str, object]:
    """Return an event's details as JSON values without secrets, each of them bounded."""
    return {storable(name)[:LONGEST_NAME]: _value(name, given[name], 0) for name in given}


def _value(name: str, value: object, depth: int) -> object:
    if any(word in name.casefold() for word in _SECRET_WORDS):
        return HIDDEN
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Mapping) and depth < _DEEPEST:
        kept = list(value.items())[:_MOST_VALUES]
        return {storable(str(key)): _value(str(key), each, depth + 1) for key, each in kept}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes) and depth < _DEEPEST:
        return [_value("", each, depth + 1) for each in value[:_MOST_VALUES]]
    return shortened(redact(storable(str(value))), LONGEST_TEXT)


def checked_name(name: str, *, what: str) -> str:
    """Return the name without blanks around it.

    Raises ConfigError if it is empty, too long or not printable.
    """
    stripped = name.strip()
    if not stripped:
        raise ConfigError(f"a {what} needs a name")
    if len(stripped) > LONGEST_NAME or not stripped.isprintable():
        raise ConfigError(f"the name of a {what} is at most {LONGEST_NAME} printable characters")
    return stripped
