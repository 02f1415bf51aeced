"""How keys are called where people read them: our own columns by their keywords."""

import re

_OWN = re.compile(r"_(?:asset|user|group|service)\.")


def shown_key(key: str) -> str:
    """Return what people call a key: `os` for `_asset.os`; a source's attribute by its name."""
    return _OWN.sub("", key, count=1) if _OWN.match(key) else key
