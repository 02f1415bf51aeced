"""Families of operating systems: coarse enough to compare a directory's word with a scan's."""

import re

_FAMILIES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("ios", re.compile(r"^(apple )?(ios|ipados|iphone|ipad)\b", re.IGNORECASE)),
    ("android", re.compile(r"android|fire ?os", re.IGNORECASE)),
    ("windows", re.compile(r"windows", re.IGNORECASE)),
    ("macos", re.compile(r"mac ?os|macmdm|os ?x|darwin", re.IGNORECASE)),
    ("chromeos", re.compile(r"chrome ?os", re.IGNORECASE)),
    (
        "linux",
        re.compile(
            r"linux|ubuntu|debian|red ?hat|rhel|centos|fedora|suse|rocky|alma|arch\b", re.IGNORECASE
        ),
    ),
)


def family(name: str) -> str:
    """Return `windows`, `macos`, `linux`, `ios`, `android`, `chromeos`, or "" where unknown."""
    for each, pattern in _FAMILIES:
        if pattern.search(name):
            return each
    return ""
