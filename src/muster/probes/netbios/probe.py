"""Asking a machine for its table of NetBIOS names (a node status request, NBSTAT).

Source: RFC 1002, 4.2.17 and 4.2.18.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from muster.core.errors import DataError
from muster.core.probe import Fact, ProbeContext, Target, UdpProbe, heard
from muster.protocols import text
from muster.protocols.cursor import Cursor

_ID = 0x4D55
# One question for "*", encoded in NetBIOS's half-bytes: type NBSTAT, class IN.
_QUESTION = b"\x20" + b"CK" + b"A" * 30 + b"\x00" + b"\x00\x21\x00\x01"
REQUEST = _ID.to_bytes(2, "big") + bytes.fromhex("00000001000000000000") + _QUESTION
_NBSTAT = 0x21
_GROUP = 0x8000
_WORKSTATION, _SERVER, _CONTROLLERS = 0x00, 0x20, 0x1C


@dataclass(frozen=True, slots=True)
class Name:
    """One row of the table: the name, what it is for, and whether a group shares it."""

    name: str
    suffix: int
    is_group: bool


@dataclass(frozen=True, slots=True)
class Status:
    """The table of names, and the adapter's MAC ("" where it tells none)."""

    names: tuple[Name, ...]
    mac: str


class NetbiosProbe(UdpProbe):
    """Names, workgroup or domain, and MAC; see the module."""

    name = "netbios"
    label = "NetBIOS names"
    ports: tuple[int, ...] = (137,)

    async def run(self, context: ProbeContext, target: Target) -> list[Fact]:
        """Return what the table says; nothing if there is no answer."""
        for answer in await context.ask(target, REQUEST):
            status = read(answer.data)
            return [_fact(context, target, status, answer.data)]
        return []


def read(data: bytes) -> Status:
    """Return the table in an answer. Raises DataError if it is none."""
    cursor = Cursor(data)
    if cursor.u16() != _ID or not cursor.u16() & 0x8000:
        raise DataError("the answer is to another question")
    questions, answers = cursor.u16(), cursor.u16()
    cursor.take(4)
    if questions > 1 or answers != 1:
        raise DataError("the answer holds no table of names")
    for _ in range(questions):
        _skip_name(cursor)
        cursor.take(4)
    _skip_name(cursor)
    if cursor.u16() != _NBSTAT:
        raise DataError("the answer is no table of names")
    cursor.take(8)  # class, lifetime and length, which many devices get wrong
    rows = tuple(_name(cursor) for _ in range(cursor.u8()))
    mac = cursor.take(6).hex(":") if cursor.left >= 6 else ""  # noqa: PLR2004 - a MAC
    return Status(rows, next(iter(text.macs([mac])), ""))


def _skip_name(cursor: Cursor) -> None:
    for _ in range(128):
        size = cursor.u8()
        if size == 0:
            return
        if size >= 0xC0:  # noqa: PLR2004 - a pointer, which ends a name
            cursor.take(1)
            return
        cursor.take(size)
    raise DataError("the answer has a name without an end")


def _name(cursor: Cursor) -> Name:
    name, suffix, flags = cursor.take(15), cursor.u8(), cursor.u16()
    return Name(text.clean(name.rstrip(b" \x00")), suffix, bool(flags & _GROUP))


def _fact(context: ProbeContext, target: Target, status: Status, raw: bytes) -> Fact:
    own = _of(status.names, {_WORKSTATION, _SERVER}, is_group=False)
    groups = _of(status.names, {_WORKSTATION}, is_group=True)
    told = {
        "netbios.name": own[0] if own else None,
        "netbios.domain": groups[0] if groups else None,
        "netbios.names": [f"{each.name}<{each.suffix:02x}>" for each in status.names if each.name],
        "netbios.macs": [status.mac] if status.mac else [],
        "netbios.isDomainController": bool(_of(status.names, {_CONTROLLERS}, is_group=True)),
    }
    return heard(
        NetbiosProbe.name,
        context,
        target,
        names=text.names(own),
        domains=text.names(groups),
        macs=(status.mac,) if status.mac else (),
        protocols=("netbios",),
        attributes=text.attributes(told),
        raw=raw,
    )


def _of(names: Iterable[Name], suffixes: set[int], *, is_group: bool) -> list[str]:
    found = [each for each in names if each.suffix in suffixes and each.is_group == is_group]
    # The service that browses the network calls itself so, with characters that no name has.
    plain = (each.name for each in found if each.name and "__MSBROWSE__" not in each.name)
    return list(dict.fromkeys(plain))
