"""Tags as people type them: `site=HQ owner="Ada Lovelace" kiosk -old`. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from muster.core.errors import ConfigError
from muster.inventory.models.annotations import LONGEST_NAME

MOST_TAGS = 100
LONGEST_VALUE = 1024
_WORD = re.compile(r'(?:"[^"]*"|[^\s,"])+')


@dataclass(frozen=True, slots=True)
class TagChange:
    """Tags to set, by key, and keys to take away."""

    put: Mapping[str, str] = field(default_factory=dict)
    taken: frozenset[str] = frozenset()


def read_tags(text: str) -> TagChange:
    """Return what a text of tags means: blanks or commas between them, quotes around blanks.

    A minus before a key takes the tag away. Raises ConfigError for a tag without a key, or one
    that cannot be kept.
    """
    put: dict[str, str] = {}
    taken: set[str] = set()
    for word in _WORD.findall(text):
        bare = word.replace('"', "")
        name, _equals, value = bare.partition("=")
        is_taken = name.startswith("-")
        name = _checked(name.removeprefix("-").strip(), value, word)
        if is_taken:
            taken.add(name)
            put.pop(name, None)
        else:
            put[name] = value.strip()
            taken.discard(name)
    if len(put) > MOST_TAGS:
        raise ConfigError(f"these are {len(put)} tags", hint=f"Set at most {MOST_TAGS} at once.")
    return TagChange(put, frozenset(taken))


def _checked(name: str, value: str, word: str) -> str:
    if not name:
        raise ConfigError(f"the tag '{word[:60]}' has no key", hint="Write key or key=value.")
    if len(name) > LONGEST_NAME or len(value) > LONGEST_VALUE or not (name + value).isprintable():
        raise ConfigError(
            f"the tag '{name[:60]}' cannot be kept",
            hint=f"A key has at most {LONGEST_NAME} printable characters, a value {LONGEST_VALUE}.",
        )
    return name
