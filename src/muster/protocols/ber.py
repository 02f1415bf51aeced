"""ASN.1 in basic encoding, as far as SNMP and LDAP need it."""

from collections.abc import Iterator
from dataclasses import dataclass

from muster.core.errors import DataError
from muster.protocols.cursor import Cursor

INTEGER, OCTETS, NULL, OID, ENUMERATED = 0x02, 0x04, 0x05, 0x06, 0x0A
SEQUENCE, SET = 0x30, 0x31
_LONG = 0x80
_MOST_LENGTH_BYTES = 4
MOST_ELEMENTS = 10_000


@dataclass(frozen=True, slots=True)
class Element:
    """One tag with its content."""

    tag: int
    content: bytes

    def inside(self) -> list["Element"]:
        """Return the elements in the content. Raises DataError if it holds none such."""
        return list(elements(self.content))

    def number(self) -> int:
        """Return the content as a whole number."""
        if not 1 <= len(self.content) <= 8:  # noqa: PLR2004 - no counter is longer
            raise DataError("the answer has a number without a value")
        return int.from_bytes(self.content, "big", signed=True)


def element(tag: int, content: bytes) -> bytes:
    """Return one element encoded."""
    size = len(content)
    if size < _LONG:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, _LONG | len(length)]) + length + content


def integer(value: int, *, tag: int = INTEGER) -> bytes:
    """Return a whole number encoded."""
    return element(tag, value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True))


def sequence(*parts: bytes, tag: int = SEQUENCE) -> bytes:
    """Return encoded elements in a row."""
    return element(tag, b"".join(parts))


def elements(data: bytes) -> Iterator[Element]:
    """Yield the elements in a row. Raises DataError where one does not fit."""
    cursor = Cursor(data)
    for _ in range(MOST_ELEMENTS):
        if not cursor.left:
            return
        yield read(cursor)
    raise DataError(f"the answer has more than {MOST_ELEMENTS} elements")


def read(cursor: Cursor) -> Element:
    """Return the next element."""
    tag = cursor.u8()
    size = cursor.u8()
    if size >= _LONG:
        count = size - _LONG
        if not 1 <= count <= _MOST_LENGTH_BYTES:
            raise DataError("the answer has a length that cannot be read")
        size = int.from_bytes(cursor.take(count), "big")
    return Element(tag, cursor.take(size))


def size_of_head(start: bytes) -> tuple[int, int]:
    """Return how long an element's head and content are, from its first six bytes."""
    cursor = Cursor(start)
    cursor.u8()
    size = cursor.u8()
    if size < _LONG:
        return 2, size
    count = size - _LONG
    if not 1 <= count <= _MOST_LENGTH_BYTES:
        raise DataError("the answer has a length that cannot be read")
    return 2 + count, int.from_bytes(cursor.take(count), "big")
