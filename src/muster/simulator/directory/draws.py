"""Choices that depend on a seed and an index alone, and cost well under a microsecond each."""

from bisect import bisect_right
from collections.abc import Sequence
from hashlib import blake2b
from itertools import accumulate
from typing import Generic, TypeVar

T = TypeVar("T")

_LOW = 1 << 64
_DIGEST_BYTES = 64


def key_of(seed: int, purpose: str) -> bytes:
    """Return the key under which all choices of one purpose are drawn."""
    return blake2b(f"{seed}:{purpose}".encode(), digest_size=32).digest()


class Draws:
    """A stream of choices for one object, the same for the same key and index everywhere.

    `random.Random` costs more to seed than a whole object may cost to generate, so one digest
    serves as a large number from which small ones are divided off; that is written out in each
    method, because a call costs as much as the division.
    """

    __slots__ = ("_bits", "_key")

    def __init__(self, key: bytes, index: int) -> None:
        """Start the stream of the index."""
        digest = blake2b(index.to_bytes(8, "little"), key=key, digest_size=_DIGEST_BYTES)
        self._key = key
        self._bits = int.from_bytes(digest.digest(), "little")

    def below(self, limit: int) -> int:
        """Return a whole number from 0 up to, not including, the limit."""
        if self._bits < _LOW:
            self._refill()
        self._bits, drawn = divmod(self._bits, limit)
        return drawn

    def among(self, choices: Sequence[T]) -> T:
        """Return one of the choices, each as likely."""
        if self._bits < _LOW:
            self._refill()
        self._bits, drawn = divmod(self._bits, len(choices))
        return choices[drawn]

    def chance(self, percent: float) -> bool:
        """True in that many cases of a hundred."""
        if self._bits < _LOW:
            self._refill()
        self._bits, drawn = divmod(self._bits, 1000)
        return drawn < percent * 10

    def _refill(self) -> None:
        left = self._bits.to_bytes(8, "little")
        digest = blake2b(left, key=self._key, digest_size=_DIGEST_BYTES, person=b"more")
        self._bits = int.from_bytes(digest.digest(), "little")


class Weighted(Generic[T]):
    """Choices of which some are likelier than others."""

    __slots__ = ("_bounds", "_choices", "_total")

    def __init__(self, *weighted: tuple[int, T]) -> None:
        """Take pairs of weight and choice."""
        self._choices = tuple(choice for _, choice in weighted)
        self._bounds = tuple(accumulate(weight for weight, _ in weighted))
        self._total = self._bounds[-1]

    def draw(self, draws: Draws) -> T:
        """Return one of the choices by weight."""
        return self._choices[bisect_right(self._bounds, draws.below(self._total))]
