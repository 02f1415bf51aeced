"""An order of a scope that costs nothing to keep: position and seed are all of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import gcd
from random import Random

_GOLDEN = 0.6180339887498949
_SEED_BITS = 63


@dataclass(frozen=True, slots=True)
class Permutation:
    """Every number below `size` once, each far from the one before.

    Steps of about the golden part of the scope spread any run of positions evenly over it, so
    that neighbours in time are never neighbours in the network. Seed and size give the order,
    so a scan resumes from a position alone.
    """

    size: int
    seed: int

    def at(self, position: int) -> int:
        """Return the number at a position."""
        step, start = self._parts()
        return (start + step * position) % self.size

    def numbers(self, start: int = 0) -> Iterator[int]:
        """Yield the numbers from a position to the end."""
        if start >= self.size:
            return
        step, first = self._parts()
        number = (first + step * start) % self.size
        for _ in range(start, self.size):
            yield number
            number = (number + step) % self.size

    def _parts(self) -> tuple[int, int]:
        chance = Random(self.seed)  # noqa: S311 - spreads load; nothing to guess
        around = 1 + max(1, self.size >> 6)
        step = int(self.size * _GOLDEN) + chance.randrange(around)
        step = max(1, step)
        while gcd(step, self.size) != 1:
            step += 1
        return step % self.size or 1, chance.randrange(self.size) if self.size else 0


def new_seed(chance: Random) -> int:
    """Return a seed for a new scan."""
    return chance.getrandbits(_SEED_BITS)
