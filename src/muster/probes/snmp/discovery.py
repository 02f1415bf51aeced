"""Finding out which SNMP a device speaks, and with which community, by single datagrams.

A version 3 engine tells its id to anyone (RFC 3414, 4): it holds its maker's number, and often
a MAC. Versions 1 and 2c answer only to a community that they know.
"""

from dataclasses import dataclass

from muster.core.errors import DataError
from muster.protocols import ber, text
from muster.protocols.cursor import Cursor

V1, V2C, V3 = 0, 1, 3
_GET, _RESPONSE, _REPORT = 0xA0, 0xA2, 0xA8
_SYS_DESCR = bytes.fromhex("2b06010201010100")
_REQUEST_ID = 0x4D55
_REPORTABLE = b"\x04"
_USER_SECURITY = 3
_MAC_FORMAT = 3


@dataclass(frozen=True, slots=True)
class Engine:
    """The id of a version 3 engine: whole, its maker's number, and the MAC in it if any."""

    id: str
    enterprise: int
    macs: tuple[str, ...]


def question(community: str, *, version: int) -> bytes:
    """Return a request for the description of the system."""
    binding = ber.sequence(ber.element(ber.OID, _SYS_DESCR), ber.element(ber.NULL, b""))
    asked = ber.sequence(
        ber.integer(_REQUEST_ID), ber.integer(0), ber.integer(0), ber.sequence(binding), tag=_GET
    )
    return ber.sequence(ber.integer(version), ber.element(ber.OCTETS, community.encode()), asked)


def is_answer(data: bytes, *, version: int) -> bool:
    """True if the data answers a question of that version: the community is known."""
    try:
        parts = ber.read(Cursor(data)).inside()
        return len(parts) > 2 and parts[0].number() == version and parts[2].tag == _RESPONSE  # noqa: PLR2004
    except DataError:
        return False


def engine_question() -> bytes:
    """Return the request with which the id of an engine is found."""
    header = ber.sequence(
        ber.integer(_REQUEST_ID),
        ber.integer(65_507),
        ber.element(ber.OCTETS, _REPORTABLE),
        ber.integer(_USER_SECURITY),
    )
    nobody = ber.element(ber.OCTETS, b"")
    security = ber.sequence(nobody, ber.integer(0), ber.integer(0), nobody, nobody, nobody)
    asked = ber.sequence(
        ber.integer(_REQUEST_ID), ber.integer(0), ber.integer(0), ber.sequence(), tag=_GET
    )
    scoped = ber.sequence(nobody, nobody, asked)
    return ber.sequence(ber.integer(V3), header, ber.element(ber.OCTETS, security), scoped)


def engine(data: bytes) -> Engine:
    """Return the engine that answered. Raises DataError if the answer is none of version 3."""
    parts = ber.read(Cursor(data)).inside()
    if len(parts) < 3 or parts[0].number() != V3:  # noqa: PLR2004 - version, header, security
        raise DataError("the answer is no SNMP 3")
    security = ber.read(Cursor(parts[2].content)).inside()
    id_ = security[0].content if security else b""
    if not 5 <= len(id_) <= 32:  # noqa: PLR2004 - RFC 3411, SnmpEngineID
        raise DataError("the answer holds no id of an engine")
    # With the highest bit set, the fifth byte says what the rest is.
    is_mac = id_[0] & 0x80 and id_[4] == _MAC_FORMAT
    macs = text.macs([id_[5:11].hex()]) if is_mac else ()
    return Engine(id_.hex(), int.from_bytes(id_[:4], "big") & 0x7FFFFFFF, macs)
