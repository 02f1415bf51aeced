"""Reading a mail server's greeting, what it can do, and its certificate; no mail is sent."""

import re

from muster.core.errors import DataError, UnavailableError
from muster.core.probe import Fact, ProbeContext, Stream, Target, TcpProbe, Tls, heard
from muster.protocols import certificates, text

_MOST = 8 * 1024
_HELLO = b"EHLO scan.invalid\r\n"
_LINE = re.compile(rb"(\d{3})([ -])?(.*)")


class SmtpProbe(TcpProbe):
    """Greeting, extensions, certificate; see the module."""

    name = "smtp"
    label = "SMTP"
    ports: tuple[int, ...] = (25, 465, 587, 2525)
    protocols: tuple[str, ...] = ("smtp",)

    async def run(self, context: ProbeContext, target: Target) -> list[Fact]:
        """Return what the server says. Raises DataError if its greeting is another's."""
        tls = Tls() if target.port == 465 else None  # noqa: PLR2004 - SMTP within TLS
        async with context.connect(target, tls=tls) as stream:
            greeting = await _reply(stream)
            code, lines = read(greeting)
            told: dict[str, object] = {"banner": greeting, "smtp.code": code}
            told["smtp.banner"] = b" ".join(lines)
            told |= await _extensions(stream) if code == "220" else {}
        return [
            heard(
                self.name,
                context,
                target,
                protocols=("smtp", "tls") if stream.tls else ("smtp",),
                attributes=text.attributes(told),
                raw=greeting,
            )
        ]


def read(reply: bytes) -> tuple[str, list[bytes]]:
    """Return the code of a reply and its lines without it. Raises DataError for none."""
    found = [_LINE.match(line) for line in reply.replace(b"\r", b"").split(b"\n") if line]
    if not found or found[0] is None:
        raise DataError("the greeting is not that of a mail server")
    return found[0][1].decode(), [each[3] for each in found if each]


async def _reply(stream: Stream) -> bytes:
    data = bytearray()
    while len(data) < _MOST:
        chunk = await stream.read(_MOST - len(data))
        data += chunk
        if not chunk or re.search(rb"(?:^|\n)\d{3}(?: [^\n]*)?\r?\n\Z", data):
            break
    return bytes(data)


async def _extensions(stream: Stream) -> dict[str, object]:
    told: dict[str, object] = {}
    try:
        await stream.write(_HELLO)
        code, lines = read(await _reply(stream))
        if code == "250":
            told |= {"smtp.helo": lines[0], "smtp.extensions": lines[1:]}
        if stream.tls is None and any(each.upper().startswith(b"STARTTLS") for each in lines):
            await stream.write(b"STARTTLS\r\n")
            if read(await _reply(stream))[0] == "220":
                await stream.start_tls(Tls())
        told |= _certificate(stream)
        await stream.write(b"QUIT\r\n")
    except (DataError, UnavailableError):
        # The greeting is known, and is worth telling without the rest.
        return told
    return told


def _certificate(stream: Stream) -> dict[str, object]:
    if stream.tls is None:
        return {}
    told: dict[str, object] = {"tls.versionName": stream.tls.version}
    return told | {**certificates.read(stream.tls.certificate).attributes}
