"""What a web server says when it is asked who it is before anyone signs in."""

import base64
import re
from collections.abc import Iterable

from muster.core.errors import DataError, UnavailableError
from muster.core.probe import ProbeContext
from muster.probes.http.site import Site, ask
from muster.protocols import http, ntlm, text

_REALM = re.compile(r"""\brealm\s*=\s*(?:"([^"]{0,300})"|([^\s,]{1,300}))""", re.IGNORECASE)
_REMOTE_MANAGEMENT = frozenset({5985, 5986})


def realm(answer: http.Answer) -> str:
    """Return what the server asks a password for, "" if it asks for none."""
    for value in answer.headers.get("www-authenticate", []):
        found = _REALM.search(value)
        if found:
            return text.clean(found[1] or found[2] or "")
    return ""


async def challenge(
    context: ProbeContext, site: Site, answers: Iterable[http.Answer]
) -> ntlm.Challenge | None:
    """Return what the server tells by NTLM; None where it offers none, or does not go along."""
    scheme, path = _offered(site, answers)
    if not scheme:
        return None
    token = base64.b64encode(ntlm.negotiate()).decode()
    method = "POST" if path == "/wsman" else "GET"
    headers = (("Authorization", f"{scheme} {token}"), ("Content-Length", "0"))
    asked = http.request(path, host=site.host, method=method, headers=headers)
    try:
        answer = await ask(context, site, asked)
        values = answer.headers.get("www-authenticate", [])
        return ntlm.challenge(b"".join(map(ntlm.in_headers, values)))
    except (DataError, UnavailableError):
        return None


def _offered(site: Site, answers: Iterable[http.Answer]) -> tuple[str, str]:
    if site.target.port in _REMOTE_MANAGEMENT:
        return "Negotiate", "/wsman"
    offered = {
        value.split(" ")[0].casefold()
        for each in answers
        for value in each.headers.get("www-authenticate", [])
    }
    if "ntlm" in offered:
        return "NTLM", "/"
    return ("Negotiate", "/") if "negotiate" in offered else ("", "")
