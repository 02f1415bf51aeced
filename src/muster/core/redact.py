"""Taking secrets out of text that is about to be shown or kept."""

import re
from collections.abc import Iterable

HIDDEN = "[hidden]"

_IN_FORMS = re.compile(
    r"(?i)(client_secret|client_assertion|password|access_token|refresh_token|id_token|assertion)"
    r"(\"?\s*[=:]\s*\"?)([^\s&\",}]+)"
)
_BEARER = re.compile(r"(?i)(bearer\s+)[A-Za-z0-9._~+/=-]+")
_SHORTEST_SECRET = 4


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """Return the text without the given secrets and without what looks like one."""
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= _SHORTEST_SECRET:
            text = text.replace(secret, HIDDEN)
    return _BEARER.sub(rf"\1{HIDDEN}", _IN_FORMS.sub(rf"\1\2{HIDDEN}", text))
