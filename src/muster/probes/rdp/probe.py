"""Beginning a Remote Desktop connection: up to the point where a user would be named.

The certificate of a Windows machine is made by itself and carries its name.
Source: [MS-RDPBCGR] 2.2.1.1 and 2.2.1.2; [MS-CSSP] 2.2.1.
"""

from collections.abc import Mapping

from muster.core.errors import DataError, UnavailableError
from muster.core.probe import Fact, ProbeContext, Stream, Target, TcpProbe, Tls, TlsState, heard
from muster.protocols import ber, certificates, ntlm, streams, text
from muster.protocols.cursor import Cursor

_TLS, _NLA = 1, 2
_ANSWER, _FAILURE = 2, 3
_MOST = 16 * 1024
# TPKT, then an X.224 connection request that offers TLS and network level authentication.
REQUEST = bytes.fromhex("030000130ee000000000000100080003000000")
_SECURITY: Mapping[int, str] = {0: "rdp", 1: "tls", 2: "nla", 4: "rdstls", 8: "nla-ex", 16: "aad"}


class RdpProbe(TcpProbe):
    """Security, certificate, names and build; see the module."""

    name = "rdp"
    label = "Remote Desktop"
    ports: tuple[int, ...] = (3389,)
    protocols: tuple[str, ...] = ("rdp",)

    async def run(self, context: ProbeContext, target: Target) -> list[Fact]:
        """Return what the server says. Raises DataError if it speaks no RDP."""
        state: TlsState | None = None
        challenge: ntlm.Challenge | None = None
        async with context.connect(target) as stream:
            await stream.write(REQUEST)
            answer = await _answer(stream)
            chosen = selected(answer)
            if chosen & (_TLS | _NLA | 8):
                state, challenge = await _secured(stream, is_asked=bool(chosen & (_NLA | 8)))
        return [_fact(context, target, answer, state, challenge)]


def selected(answer: bytes) -> int:
    """Return the security that the server chose, 0 for the oldest. Raises DataError for none."""
    cursor = Cursor(answer)
    cursor.u8()
    if cursor.u8() & 0xF0 != 0xD0:  # noqa: PLR2004 - X.224's connection confirm
        raise DataError("the answer is no RDP")
    cursor.take(5)
    if not cursor.left:
        return 0
    kind = cursor.u8()
    cursor.take(3)
    value = cursor.u32le()
    # A failure says what is wrong with the offer; that server wants the oldest security.
    return value if kind == _ANSWER else 0


async def _answer(stream: Stream) -> bytes:
    head = await streams.read_exactly(stream, 4, most=4)
    size = int.from_bytes(head[2:4], "big") - 4
    if head[0] != 3 or size < 7:  # noqa: PLR2004 - TPKT's version, X.224's least
        raise DataError("the answer is no RDP")
    return await streams.read_exactly(stream, size, most=1024)


async def _secured(
    stream: Stream, *, is_asked: bool
) -> tuple[TlsState | None, ntlm.Challenge | None]:
    try:
        state = await stream.start_tls(Tls())
    except UnavailableError:
        return None, None
    if not is_asked:
        return state, None
    try:
        await stream.write(_credential_request())
        return state, ntlm.challenge(await streams.read_element(stream, most=_MOST))
    except (DataError, UnavailableError):
        return state, None


def _credential_request() -> bytes:
    token = ber.sequence(ber.element(ber.OCTETS, ntlm.negotiate()), tag=0xA0)
    tokens = ber.sequence(ber.sequence(ber.sequence(token)), tag=0xA1)
    return ber.sequence(ber.sequence(ber.integer(6), tag=0xA0), tokens)


def _fact(
    context: ProbeContext,
    target: Target,
    answer: bytes,
    state: TlsState | None,
    challenge: ntlm.Challenge | None,
) -> Fact:
    told: dict[str, object] = {"rdp.security": _SECURITY.get(selected(answer), "other")}
    names: tuple[str, ...] = challenge.names if challenge else ()
    if state is not None:
        told |= {"tls.versionName": state.version, "tls.cipherName": state.cipher}
        try:
            certificate = certificates.read(state.certificate)
        except DataError:
            pass
        else:
            told |= certificate.attributes
            if certificate.attributes.get("tls.selfSigned") == "true":
                names = tuple(dict.fromkeys([*names, *certificate.names[:1]]))
    return heard(
        RdpProbe.name,
        context,
        target,
        protocols=("rdp", "tls") if state else ("rdp",),
        attributes=text.attributes(told) | (challenge.attributes if challenge else {}),
        names=names,
        domains=challenge.domains if challenge else (),
        raw=answer,
    )
