"""One web server, and asking it."""

import re
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from muster.core.probe import ProbeContext, Target, Tls
from muster.protocols import http


@dataclass(frozen=True, slots=True)
class Site:
    """Where a web server is, and how it is spoken to."""

    target: Target
    is_secured: bool
    host: str

    @property
    def base(self) -> str:
        """The address of its front page."""
        return f"{'https' if self.is_secured else 'http'}://{self.host}/"


async def ask(
    context: ProbeContext, site: Site, asked: bytes, *, most: int = http.MOST_BODY
) -> http.Answer:
    """Send one request on a connection of its own."""
    name = next((each for each in site.target.names if "." in each), "")
    tls = Tls(server_name=name)
    async with context.connect(site.target, tls=tls if site.is_secured else None) as stream:
        return await http.exchange(stream, asked, most=most)


def host_of(target: Target) -> str:
    """Return what the server is to be called: its address, which every server takes for itself."""
    address = f"[{target.address}]" if ":" in target.address else target.address
    return address if target.port in {80, 443} else f"{address}:{target.port}"


def within(site: Site, place: str, path: str = "/") -> str:
    """Return the path of a link if it stays with the server, "" if it leads elsewhere."""
    try:
        there, here = urlsplit(urljoin(urljoin(site.base, path), place)), urlsplit(site.base)
        same = (there.scheme, there.hostname, there.port) == (here.scheme, here.hostname, here.port)
    except ValueError:
        return ""
    whole = f"{there.path or '/'}?{there.query}" if there.query else there.path or "/"
    return whole if same and re.fullmatch(r"[\x21-\x7e]{1,500}", whole) else ""
