"""Asking a web server for its front page, its icon, and where it offers NTLM for its name.

At most six requests, each on a connection of its own that is closed with a FIN. Redirects are
followed on the same host and port only.
"""

import contextlib
import hashlib
import re
from collections.abc import Sequence

from muster.core.errors import DataError, MusterError, UnavailableError
from muster.core.probe import Fact, ProbeContext, Safety, Target, TcpProbe, heard
from muster.core.source import Option, OptionKind
from muster.probes.http import signing_in
from muster.probes.http.icon import mmh3
from muster.probes.http.site import Site, ask, host_of, within
from muster.protocols import http, text

SECURED = frozenset({443, 4443, 5986, 6443, 8006, 8443, 9443, 10443, 2376})
MOST_REDIRECTS = 3
MOST_ICON = 256 * 1024
_TOLD_TO_SECURE = re.compile(r"https", re.IGNORECASE)
_NAME = re.compile(r"[^a-z0-9]+")


class HttpProbe(TcpProbe):
    """Front page, icon, NTLM; see the module."""

    name = "http"
    label = "HTTP and HTTPS"
    ports: tuple[int, ...] = (
        80, 81, 443, 591, 631, 2375, 2376, 3000, 4443, 5000, 5357, 5985, 5986, 6443, 7080, 8000,
        8006, 8008, 8080, 8081, 8088, 8123, 8443, 8888, 9000, 9090, 9443, 10000, 10443, 32400,
    )  # fmt: skip
    protocols: tuple[str, ...] = ("http",)
    safety = Safety.POLITE
    options: Sequence[Option] = (
        Option(
            "http-icon",
            "Fetch the icon",
            kind=OptionKind.BOOLEAN,
            default="true",
            help="The icon's hash tells devices whose pages say nothing.",
        ),
    )

    async def run(self, context: ProbeContext, target: Target) -> list[Fact]:
        """Return what the server says. Raises DataError if it speaks no HTTP."""
        site, first = await _first(context, target)
        last, path = await _followed(context, site, first)
        told = _head(first) | _page(last, path)
        if context.options.get("http-icon") == "true":
            told |= await _icon(context, site, last)
        challenge = await signing_in.challenge(context, site, [first, last])
        if challenge is not None:
            told |= challenge.attributes
        return [
            heard(
                self.name,
                context,
                target,
                protocols=("http", "tls") if site.is_secured else ("http",),
                attributes=text.attributes(told),
                raw=first.raw if last is first else first.raw + last.raw,
                **(challenge.fields() if challenge else {}),
            )
        ]


async def _first(context: ProbeContext, target: Target) -> tuple[Site, http.Answer]:
    """Return the front page, with TLS where the port or the server's own word asks for it."""
    is_secured = target.port in SECURED or "tls" in target.protocols
    site = Site(target, is_secured, host_of(target))
    try:
        answer = await ask(context, site, http.request("/", host=site.host))
    except UnavailableError:
        if not is_secured:
            raise
        # A port that usually has TLS, and here has none.
        plain = Site(target, is_secured=False, host=site.host)
        return plain, await ask(context, plain, http.request("/", host=site.host))
    if not is_secured and answer.code == 400 and _TOLD_TO_SECURE.search(answer.page):  # noqa: PLR2004
        secured = Site(target, is_secured=True, host=site.host)
        with contextlib.suppress(MusterError):
            return secured, await ask(context, secured, http.request("/", host=site.host))
    return site, answer


async def _followed(
    context: ProbeContext, site: Site, first: http.Answer
) -> tuple[http.Answer, str]:
    answer, path = first, "/"
    for _ in range(MOST_REDIRECTS):
        further = _redirect(site, answer, path)
        if not further or further == path:
            break
        try:
            answer = await ask(context, site, http.request(further, host=site.host))
        except MusterError:
            break
        path = further
    return answer, path


def _redirect(site: Site, answer: http.Answer, path: str) -> str:
    """Return the path that an answer points to, "" if it points nowhere or to another server."""
    place = answer.header("location") if 300 <= answer.code < 400 else ""  # noqa: PLR2004
    return within(site, place, path) if place else ""


def _head(answer: http.Answer) -> dict[str, object]:
    told: dict[str, object] = {"http.code": answer.code, "http.message": answer.reason}
    for name, values in answer.headers.items():
        if name not in {"date", "content-length", "etag", "expires", "age", "x-request-id"}:
            told[f"http.head.{_camel(name)}"] = values
    cookies = [each.partition("=")[0] for each in answer.headers.get("set-cookie", [])]
    # The value of a cookie is a session: it differs each time, and is nobody's business.
    told["http.head.setCookie"] = cookies or None
    told["http.realm"] = signing_in.realm(answer)
    return told


def _page(answer: http.Answer, path: str) -> dict[str, object]:
    return {
        "http.uri": path,
        "html.title": answer.title,
        "html.inputs": answer.inputs,
        "http.body": answer.page,
        "http.bodySHA256": hashlib.sha256(answer.body).hexdigest() if answer.body else None,
    }


def _camel(name: str) -> str:
    first, *more = [part for part in _NAME.split(name) if part] or ["unnamed"]
    return first + "".join(part.capitalize() for part in more)


async def _icon(context: ProbeContext, site: Site, page: http.Answer) -> dict[str, object]:
    path = within(site, page.icon) if page.icon else "/favicon.ico"
    if not path:
        return {}
    try:
        answer = await ask(context, site, http.request(path, host=site.host), most=MOST_ICON)
    except (DataError, UnavailableError):
        return {}
    data = answer.body
    if answer.code != 200 or not data or data.lstrip()[:1] == b"<":  # noqa: PLR2004 - HTTP's OK
        return {}
    return {
        # A name for a file that is known, as other tools write it; nothing is secured by it.
        "favicon.ico.image.md5": hashlib.md5(data, usedforsecurity=False).hexdigest(),
        "favicon.ico.image.mmh3": mmh3(data),
    }
