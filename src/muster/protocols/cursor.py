"""Reading numbers and bytes out of an answer, each step held against its end."""

from muster.core.errors import DataError


class Cursor:
    """A place in some bytes. Every read moves it on, and raises DataError past the end."""

    def __init__(self, data: bytes, *, at: int = 0) -> None:
        """Start at a place; `at` may be what the other side claims, however wrong."""
        if not 0 <= at <= len(data):
            raise DataError(f"the answer points to byte {at} of {len(data)}")
        self.data = data
        self.at = at

    def take(self, count: int) -> bytes:
        """Return the next `count` bytes."""
        end = self.at + count
        if count < 0 or end > len(self.data):
            raise DataError(f"the answer ends at byte {len(self.data)} of at least {end}")
        taken = self.data[self.at : end]
        self.at = end
        return taken

    def rest(self) -> bytes:
        """Return everything that is left."""
        return self.take(self.left)

    def until(self, end: bytes) -> bytes:
        """Return the bytes before the next `end`, and go past it."""
        found = self.data.find(end, self.at)
        if found < 0:
            raise DataError("the answer has a text without an end")
        taken = self.data[self.at : found]
        self.at = found + len(end)
        return taken

    @property
    def left(self) -> int:
        """How many bytes are left."""
        return len(self.data) - self.at

    def u8(self) -> int:
        """Return one byte as a number."""
        return self.take(1)[0]

    def u16(self) -> int:
        """Return two bytes, the high one first."""
        return int.from_bytes(self.take(2), "big")

    def u24(self) -> int:
        """Return three bytes, the high one first."""
        return int.from_bytes(self.take(3), "big")

    def u32(self) -> int:
        """Return four bytes, the high one first."""
        return int.from_bytes(self.take(4), "big")

    def u16le(self) -> int:
        """Return two bytes, the low one first."""
        return int.from_bytes(self.take(2), "little")

    def u32le(self) -> int:
        """Return four bytes, the low one first."""
        return int.from_bytes(self.take(4), "little")

    def u64le(self) -> int:
        """Return eight bytes, the low one first."""
        return int.from_bytes(self.take(8), "little")
