"""Asking a PostgreSQL server for TLS, then for a version of the protocol that never was.

A server tells its version only to who signs in. Refused, it names the place in its source where
it refused, and which protocols it has: that tells the generation. No login is tried, so none
fails in the server's log. Source: PostgreSQL documentation, "Frontend/Backend Protocol".
"""

from muster.core.errors import DataError, UnavailableError
from muster.core.probe import Fact, ProbeContext, Stream, Target, TcpProbe, Tls, heard
from muster.protocols import certificates, streams, text
from muster.protocols.cursor import Cursor

_SSL_REQUEST = bytes.fromhex("0000000804d2162f")
# Major version 255: the request is whole, and no server has it.
_STARTUP = bytes.fromhex("0000000900ff000000")
_MOST = 8 * 1024
_FIELDS = {
    b"S": "severity",
    b"C": "code",
    b"M": "message",
    b"F": "file",
    b"L": "line",
    b"R": "routine",
}


class PostgresProbe(TcpProbe):
    """TLS, certificate, error; see the module."""

    name = "postgres"
    label = "PostgreSQL"
    ports: tuple[int, ...] = (5432,)
    protocols: tuple[str, ...] = ("postgres",)

    async def run(self, context: ProbeContext, target: Target) -> list[Fact]:
        """Return what the server says. Raises DataError if it is no PostgreSQL."""
        async with context.connect(target) as stream:
            told = await _secured(stream)
            answer = await _refusal(stream)
        told |= refusal(answer)
        return [
            heard(
                self.name,
                context,
                target,
                protocols=("postgres", "tls") if stream.tls else ("postgres",),
                product="PostgreSQL",
                attributes=text.attributes(told),
                raw=answer,
            )
        ]


async def _secured(stream: Stream) -> dict[str, object]:
    await stream.write(_SSL_REQUEST)
    answer = await stream.read(1)
    if answer not in {b"S", b"N"}:
        raise DataError("the answer is no PostgreSQL")
    told: dict[str, object] = {"postgres.tls": answer == b"S"}
    if answer == b"S":
        state = await stream.start_tls(Tls())
        told |= {"tls.versionName": state.version, "tls.cipherName": state.cipher}
        try:
            told |= certificates.read(state.certificate).attributes
        except DataError:
            return told
    return told


async def _refusal(stream: Stream) -> bytes:
    try:
        await stream.write(_STARTUP)
        return await streams.read_to_end(stream, most=_MOST)
    except UnavailableError:
        return b""


def refusal(answer: bytes) -> dict[str, object]:
    """Return the fields of an error message, as attributes; empty where there is none."""
    if not answer:
        return {}
    cursor = Cursor(answer)
    if cursor.take(1) != b"E":
        raise DataError("the answer is no PostgreSQL")
    size = cursor.u32()
    if not 4 < size <= _MOST:  # noqa: PLR2004 - the length counts itself
        raise DataError("the answer is no PostgreSQL")
    told: dict[str, object] = {}
    while cursor.left:
        kind = cursor.take(1)
        if kind == b"\x00":
            break
        value = cursor.until(b"\x00")
        if kind in _FIELDS:
            told[f"postgres.error.{_FIELDS[kind]}"] = value
    return told
