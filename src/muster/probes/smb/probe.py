"""Negotiating SMB and beginning to sign in, without ever doing so.

Source: [MS-SMB2] 2.2.1.2, 2.2.3 to 2.2.6.
"""

import hashlib
from collections.abc import Mapping
from uuid import UUID

from muster.core.errors import DataError, UnavailableError
from muster.core.probe import Fact, ProbeContext, Stream, Target, TcpProbe, heard
from muster.protocols import ntlm, streams, text
from muster.protocols.cursor import Cursor

_NEGOTIATE, _SESSION_SETUP = 0, 1
_HEADER = 64
_MOST = 64 * 1024
# 3.1.1 is left out: it wants a context that proves nothing here, and every server speaks these.
_DIALECTS = (0x0202, 0x0210, 0x0300, 0x0302)
_NAMES: Mapping[int, str] = {
    0x0202: "2.0.2",
    0x0210: "2.1",
    0x02FF: "2.?",
    0x0300: "3.0",
    0x0302: "3.0.2",
    0x0311: "3.1.1",
}
_MORE_PROCESSING = 0xC0000016


class SmbProbe(TcpProbe):
    """Dialect, signing, names and build; see the module."""

    name = "smb"
    label = "SMB"
    ports: tuple[int, ...] = (445,)
    protocols: tuple[str, ...] = ("smb",)

    async def run(self, context: ProbeContext, target: Target) -> list[Fact]:
        """Return what the server says. Raises DataError if it speaks no SMB 2."""
        async with context.connect(target) as stream:
            answer = await _asked(stream, _negotiate(), 0)
            told = agreed(answer)
            challenge = await _challenge(stream)
        return [
            heard(
                self.name,
                context,
                target,
                protocols=("smb", "smb2") if told["smb.dialect"] != "3.0.2" else ("smb", "smb3"),
                attributes=text.attributes(told) | (challenge.attributes if challenge else {}),
                raw=answer,
                **(challenge.fields() if challenge else {}),
            )
        ]


async def _challenge(stream: Stream) -> ntlm.Challenge | None:
    try:
        answer = await _asked(stream, _session_setup(), 1)
        status = int.from_bytes(answer[8:12], "little")
        return ntlm.challenge(answer) if status == _MORE_PROCESSING else None
    except (DataError, UnavailableError):
        # The dialect is worth telling without the rest.
        return None


async def _asked(stream: Stream, body: bytes, number: int) -> bytes:
    command = _NEGOTIATE if number == 0 else _SESSION_SETUP
    header = (
        b"\xfeSMB"
        + (_HEADER).to_bytes(2, "little")
        + bytes(6)
        + command.to_bytes(2, "little")
        + (31).to_bytes(2, "little")
        + bytes(8)
        + number.to_bytes(8, "little")
        + bytes(32)
    )
    message = header + body
    await stream.write(len(message).to_bytes(4, "big") + message)
    size = int.from_bytes(await streams.read_exactly(stream, 4, most=4), "big") & 0xFFFFFF
    answer = await streams.read_exactly(stream, size, most=_MOST)
    if not answer.startswith(b"\xfeSMB") or len(answer) < _HEADER:
        raise DataError("the answer is no SMB 2")
    return answer


def _negotiate() -> bytes:
    dialects = b"".join(each.to_bytes(2, "little") for each in _DIALECTS)
    # An id that is the same in each scan: a random one would make servers remember us as many.
    client = hashlib.sha256(b"muster").digest()[:16]
    return (
        (36).to_bytes(2, "little")
        + len(_DIALECTS).to_bytes(2, "little")
        + (1).to_bytes(2, "little")
        + bytes(2)
        + bytes(4)
        + client
        + bytes(8)
        + dialects
    )


def _session_setup() -> bytes:
    token = ntlm.negotiate_spnego()
    return (
        (25).to_bytes(2, "little")
        + bytes([0, 1])
        + bytes(8)
        + (_HEADER + 24).to_bytes(2, "little")
        + len(token).to_bytes(2, "little")
        + bytes(8)
        + token
    )


def agreed(answer: bytes) -> dict[str, object]:
    """Return what the answer to a negotiation says, as attributes. Raises DataError for none."""
    cursor = Cursor(answer, at=_HEADER)
    if cursor.u16le() != 65:  # noqa: PLR2004 - the size that the protocol gives this answer
        raise DataError("the answer agrees on nothing")
    security, dialect = cursor.u16le(), cursor.u16le()
    cursor.take(2)
    guid = UUID(bytes_le=cursor.take(16))
    capabilities = cursor.u32le()
    cursor.take(12)
    now, started = cursor.u64le(), cursor.u64le()
    return {
        "smb.dialect": _NAMES.get(dialect, f"{dialect:#06x}"),
        "smb.guid": str(guid),
        "smb.signing": "required" if security & 2 else "enabled" if security & 1 else "disabled",
        "smb.capabilities": f"{capabilities:#010x}",
        "smb.systemTimeTS": _seconds(now),
        "smb.bootTimeTS": _seconds(started),
    }


def _seconds(ticks: int) -> int | None:
    seconds = ticks // 10_000_000 - 11_644_473_600
    return seconds if 0 < seconds < 2**33 else None
