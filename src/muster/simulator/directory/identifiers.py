"""GUIDs that hold an index, scrambled: found again without a table of all of them."""

from functools import lru_cache

from muster.simulator.directory.draws import Draws, key_of

_BITS = 60
_MASK = (1 << _BITS) - 1
_TAIL_MASK = (1 << 62) - 1
_VARIANT = 1 << 63
_GUID_LENGTH = 36
# An id is needed several times in a row; where a whole tenant fits, it is spelled once.
_KEPT_GUIDS = 1 << 15


class GuidCodec:
    """A one-to-one map between indexes and random-looking version 4 GUIDs.

    60 bits of the GUID are the index under an invertible mix; the other 62 follow from those,
    so that a GUID made up by somebody else decodes to nothing.
    """

    __slots__ = (
        "_first",
        "_first_inverse",
        "_kept",
        "_second",
        "_second_inverse",
        "_tail",
        "_whitening",
    )

    def __init__(self, seed: int, purpose: str) -> None:
        """Choose the mix for one purpose of one tenant."""
        draws = Draws(key_of(seed, f"guid:{purpose}"), 0)
        self._first = draws.below(1 << _BITS) | 1
        self._second = draws.below(1 << _BITS) | 1
        self._tail = draws.below(1 << 62) | 1
        self._whitening = draws.below(1 << _BITS)
        self._first_inverse = pow(self._first, -1, 1 << _BITS)
        self._second_inverse = pow(self._second, -1, 1 << _BITS)
        self._kept = lru_cache(_KEPT_GUIDS)(self._spelled)

    def encode(self, index: int) -> str:
        """Return the index's GUID, in lower case."""
        return self._kept(index)

    def _spelled(self, index: int) -> str:
        head = ((index ^ self._whitening) * self._first) & _MASK
        head = ((head ^ (head >> 30)) * self._second) & _MASK
        head ^= head >> 30
        tail = (head * self._tail) & _TAIL_MASK
        tail = ((tail ^ (tail >> 31)) * self._tail) & _TAIL_MASK
        # Two old-style conversions cost less than half of five f-string ones.
        left, right = "%015x" % head, "%016x" % (_VARIANT | tail)  # noqa: UP031
        return f"{left[:8]}-{left[8:12]}-4{left[12:]}-{right[:4]}-{right[4:]}"

    def decode(self, guid: str) -> int | None:
        """Return the index of a GUID in any case; None if it was not made here."""
        if len(guid) != _GUID_LENGTH:
            return None
        try:
            head = int(guid[:8] + guid[9:13] + guid[15:18], 16)
        except ValueError:
            return None
        head ^= head >> 30
        head = (head * self._second_inverse) & _MASK
        head ^= head >> 30
        index = ((head * self._first_inverse) & _MASK) ^ self._whitening
        return index if self.encode(index) == guid.lower() else None
