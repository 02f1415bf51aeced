"""Reading an FTP server's greeting and asking for its system, without a login."""

import re

from muster.core.errors import DataError, UnavailableError
from muster.core.probe import Fact, ProbeContext, Stream, Target, TcpProbe, heard
from muster.protocols import streams, text

_MOST = 4096
_CODE = re.compile(rb"(\d{3})[ -]?(.*)", re.DOTALL)


class FtpProbe(TcpProbe):
    """Greeting and system; see the module."""

    name = "ftp"
    label = "FTP"
    ports: tuple[int, ...] = (21, 2121)
    protocols: tuple[str, ...] = ("ftp",)

    async def run(self, context: ProbeContext, target: Target) -> list[Fact]:
        """Return what the server says. Raises DataError if its greeting is another's."""
        async with context.connect(target) as stream:
            greeting = await _reply(stream)
            code, said = read(greeting)
            told: dict[str, object] = {"banner": greeting, "ftp.code": code, "ftp.banner": said}
            if code.startswith("2"):
                told["ftp.system"] = await _system(stream)
        return [
            heard(
                self.name,
                context,
                target,
                protocols=("ftp",),
                attributes=text.attributes(told),
                raw=greeting,
            )
        ]


def read(reply: bytes) -> tuple[str, bytes]:
    """Return the code and the text of a reply, its lines joined. Raises DataError for none."""
    lines = [line.rstrip(b"\r") for line in reply.split(b"\n") if line.strip()]
    found = [_CODE.match(line) for line in lines]
    first = found[0] if found else None
    if first is None:
        raise DataError("the greeting is not that of FTP")
    texts = [match[2] if match else line for line, match in zip(lines, found, strict=True)]
    return first[1].decode(), b" ".join(each.strip() for each in texts if each.strip())


async def _reply(stream: Stream) -> bytes:
    """Return one reply; one of several lines ends with its code and a blank (RFC 959, 4.2)."""
    data = await streams.read_until(stream, b"\n", most=_MOST)
    if re.match(rb"\d{3}-", data):
        end = b"\n" + data[:3] + b" "
        while end not in data and len(data) < _MOST:
            more = await stream.read(_MOST - len(data))
            if not more:
                break
            data += more
    return data


async def _system(stream: Stream) -> bytes:
    try:
        await stream.write(b"SYST\r\n")
        code, said = read(await _reply(stream))
        await stream.write(b"QUIT\r\n")
    except (DataError, UnavailableError):
        return b""
    return said if code == "215" else b""
