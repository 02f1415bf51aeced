"""Asking a controller for its identification, with the function that exists for just that.

One connection, finished with a FIN, at most two questions on it, and no register is ever read:
controllers have few connections and keep broken ones for long. Off unless a person asks for it.
Source: MODBUS Application Protocol V1.1b3, 6.21 (Read Device Identification, 43/14).
"""

from collections.abc import Mapping

from muster.core.errors import DataError
from muster.core.probe import Fact, ProbeContext, Safety, Stream, Target, TcpProbe, heard
from muster.protocols import streams, text
from muster.protocols.cursor import Cursor

_FUNCTION, _KIND = 0x2B, 0x0E
_BASIC, _REGULAR = 1, 2
_UNIT = 0xFF
"""The controller itself; a gateway would pass other numbers on to a serial line."""

_OBJECTS: Mapping[int, str] = {
    0: "vendorName",
    1: "productCode",
    2: "revision",
    3: "vendorUrl",
    4: "productName",
    5: "modelName",
    6: "userApplicationName",
}


class ModbusProbe(TcpProbe):
    """Identification of a controller; see the module."""

    name = "modbus"
    label = "Modbus identification"
    ports: tuple[int, ...] = (502,)
    is_default_on = False
    safety = Safety.FRAGILE

    async def run(self, context: ProbeContext, target: Target) -> list[Fact]:
        """Return the identification. Raises DataError if the port speaks no Modbus."""
        async with context.connect(target) as stream:
            answer = await _asked(stream, 1, _REGULAR)
            if _is_refused(answer):
                answer = await _asked(stream, 2, _BASIC)
        told: dict[str, object] = {"modbus.unit": _UNIT}
        if _is_refused(answer):
            told["modbus.exception"] = answer[1] if len(answer) > 1 else None
        else:
            told |= {f"modbus.{key}": value for key, value in read(answer).items()}
        return [
            heard(
                self.name,
                context,
                target,
                protocols=("modbus",),
                attributes=text.attributes(told),
                raw=answer,
            )
        ]


async def _asked(stream: Stream, number: int, code: int) -> bytes:
    question = bytes([_UNIT, _FUNCTION, _KIND, code, 0])
    await stream.write(
        number.to_bytes(2, "big") + bytes(2) + len(question).to_bytes(2, "big") + question
    )
    head = Cursor(await streams.read_exactly(stream, 7, most=7))
    same, protocol, size = head.u16() == number, head.u16(), head.u16()
    if not same or protocol != 0 or not 2 <= size <= 254:  # noqa: PLR2004 - Modbus's limits
        raise DataError("the answer is no Modbus")
    return await streams.read_exactly(stream, size - 1, most=253)


def _is_refused(answer: bytes) -> bool:
    return answer[:1] == bytes([_FUNCTION | 0x80])


def read(answer: bytes) -> dict[str, str]:
    """Return the objects of an identification by their names. Raises DataError if it is none."""
    cursor = Cursor(answer)
    if (cursor.u8(), cursor.u8()) != (_FUNCTION, _KIND):
        raise DataError("the answer is no identification")
    cursor.take(4)  # what was asked, what the device can, whether more follows, and from where
    found: dict[str, str] = {}
    for _ in range(cursor.u8()):
        kind, size = cursor.u8(), cursor.u8()
        value = text.clean(cursor.take(size))
        if kind in _OBJECTS and value:
            found[_OBJECTS[kind]] = value
    return found
