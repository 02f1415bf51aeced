"""Listening to an open port that nobody knows, and if it keeps silent, asking it two things.

Many services greet. What they say tells the protocol, and the scan then sends the probe that
knows it. A silent port is offered TLS, then asked for a web page: between them these two find
nearly all that is left. Never used on ports of printers or control systems.
"""

import re
from collections.abc import Sequence
from datetime import timedelta

from muster.core.errors import UnavailableError
from muster.core.probe import Fact, ProbeContext, Safety, Target, TcpProbe, Tls, heard
from muster.core.source import Option, OptionKind
from muster.protocols import streams, text

MOST = 2048
GREETING_WAIT = timedelta(seconds=2)

_GREETINGS: Sequence[tuple[str, re.Pattern[bytes]]] = (
    ("ssh", re.compile(rb"SSH-\d")),
    ("ftp", re.compile(rb"220[ -](?=.*ftp)", re.IGNORECASE | re.DOTALL)),
    ("smtp", re.compile(rb"220[ -](?=.*(?:smtp|mail|postfix|exim))", re.IGNORECASE | re.DOTALL)),
    ("pop3", re.compile(rb"\+OK ")),
    ("imap", re.compile(rb"\* (?:OK|PREAUTH|BYE) ")),
    ("vnc", re.compile(rb"RFB \d{3}\.\d{3}\n")),
    ("mysql", re.compile(rb".{3}\x00(?:\x0a[\x20-\x7e]{3,60}\x00|\xff)", re.DOTALL)),
    ("telnet", re.compile(rb"\xff[\xfb-\xfe].")),
    ("rsync", re.compile(rb"@RSYNCD: ")),
    ("nntp", re.compile(rb"20[01] (?=.*(?:nntp|news|inn))", re.IGNORECASE)),
)
_HTTP = re.compile(rb"HTTP/\d(?:\.\d)? \d{3}")
_REQUEST = b"GET / HTTP/1.0\r\n\r\n"


class BannerProbe(TcpProbe):
    """What a port says by itself; see the module."""

    name = "banner"
    label = "TCP banner"
    ports: tuple[int, ...] = ()
    safety = Safety.POLITE
    options: Sequence[Option] = (
        Option(
            "banner-ask",
            "Ask silent ports",
            kind=OptionKind.BOOLEAN,
            default="true",
            help="Offer TLS and ask for a web page where a port says nothing by itself.",
        ),
    )

    async def run(self, context: ProbeContext, target: Target) -> list[Fact]:
        """Return the greeting and its protocol; of a silent port the protocol alone."""
        greeting = await _greeting(context, target)
        if greeting:
            return [_fact(context, target, protocols=spoken(greeting), raw=greeting)]
        if context.options.get("banner-ask") != "true":
            return []
        for ask in (_tls, _http):
            protocols = await ask(context, target)
            if protocols:
                return [_fact(context, target, protocols=protocols)]
        return []


def spoken(greeting: bytes) -> tuple[str, ...]:
    """Return the protocol that a greeting belongs to, in a tuple; empty where it is unknown."""
    for protocol, pattern in _GREETINGS:
        if pattern.match(greeting):
            return (protocol,)
    return ("http",) if _HTTP.match(greeting) else ()


async def _greeting(context: ProbeContext, target: Target) -> bytes:
    async with context.connect(target) as stream:
        try:
            return await stream.read(MOST, wait=GREETING_WAIT)
        except UnavailableError:
            return b""


async def _tls(context: ProbeContext, target: Target) -> tuple[str, ...]:
    try:
        async with context.connect(target, tls=Tls()):
            return ("tls",)
    except UnavailableError:
        return ()


async def _http(context: ProbeContext, target: Target) -> tuple[str, ...]:
    try:
        async with context.connect(target) as stream:
            await stream.write(_REQUEST)
            answer = await streams.read_until(stream, b"\n", most=MOST)
    except UnavailableError:
        return ()
    return ("http",) if _HTTP.match(answer) else ()


def _fact(
    context: ProbeContext, target: Target, *, protocols: tuple[str, ...], raw: bytes = b""
) -> Fact:
    # What follows the line of a protocol that is known is its next message, in binary.
    told = text.attributes({"banner": raw.split(b"\n")[0] if protocols else raw})
    return heard(BannerProbe.name, context, target, raw=raw, protocols=protocols, attributes=told)
