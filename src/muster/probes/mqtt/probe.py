"""Connecting to an MQTT broker without a name, and asking one that agrees for its version.

Only the topic on which brokers tell their version is subscribed to: no message of anybody is
read. Source: MQTT 3.1.1, 3.1, 3.2, 3.3 and 3.8.
"""

from collections.abc import Mapping

from muster.core.errors import DataError, UnavailableError
from muster.core.probe import Fact, ProbeContext, Stream, Target, TcpProbe, Tls, heard
from muster.protocols import streams, text
from muster.protocols.cursor import Cursor

_TOPIC = b"$SYS/broker/version"
_MOST = 4096
_CONNACK, _PUBLISH = 2, 3
_CODES: Mapping[int, str] = {
    0: "accepted",
    1: "unacceptable protocol version",
    2: "identifier rejected",
    3: "server unavailable",
    4: "bad user name or password",
    5: "not authorized",
}


class MqttProbe(TcpProbe):
    """Access and version; see the module."""

    name = "mqtt"
    label = "MQTT"
    ports: tuple[int, ...] = (1883, 8883)
    protocols: tuple[str, ...] = ("mqtt",)

    async def run(self, context: ProbeContext, target: Target) -> list[Fact]:
        """Return what the broker says. Raises DataError if it speaks no MQTT."""
        is_secured = target.port == 8883  # noqa: PLR2004 - MQTT within TLS
        async with context.connect(target, tls=Tls() if is_secured else None) as stream:
            await stream.write(_connect())
            kind, answer = await _packet(stream)
            if kind != _CONNACK or len(answer) != 2:  # noqa: PLR2004 - flags and code
                raise DataError("the answer is no MQTT")
            version = await _version(stream) if answer[1] == 0 else ""
        told = {"mqtt.connack": _CODES.get(answer[1], str(answer[1])), "mqtt.version": version}
        return [
            heard(
                self.name,
                context,
                target,
                protocols=("mqtt", "tls") if is_secured else ("mqtt",),
                attributes=text.attributes(told),
                raw=answer,
            )
        ]


def _connect() -> bytes:
    # MQTT 3.1.1, a clean session, kept alive for 30 seconds, under a name that the broker gives.
    return bytes.fromhex("100c00044d5154540402001e0000")


async def _version(stream: Stream) -> str:
    body = b"\x00\x01" + len(_TOPIC).to_bytes(2, "big") + _TOPIC + b"\x00"
    try:
        await stream.write(bytes([0x82, len(body)]) + body)
        for _ in range(4):
            kind, content = await _packet(stream)
            if kind == _PUBLISH:
                await stream.write(b"\xe0\x00")
                return published(content)
    except (DataError, UnavailableError):
        return ""
    return ""


def published(content: bytes) -> str:
    """Return the text of a message on the topic of versions, "" if it is on another."""
    cursor = Cursor(content)
    topic = cursor.take(cursor.u16())
    return text.clean(cursor.rest()) if topic == _TOPIC else ""


async def _packet(stream: Stream) -> tuple[int, bytes]:
    head = await streams.read_exactly(stream, 1, most=1)
    size = 0
    for at in range(4):
        byte = (await streams.read_exactly(stream, 1, most=1))[0]
        size |= (byte & 0x7F) << (7 * at)
        if not byte & 0x80:
            return head[0] >> 4, await streams.read_exactly(stream, size, most=_MOST)
    raise DataError("the answer is no MQTT")
