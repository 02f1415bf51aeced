"""Numbers and truth values as people type them."""

import re
from dataclasses import dataclass

from muster.query.ast import Operator

_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(?:\.[0-9]{1,6})?")
_STORED = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]+)?")
_WORDS = {
    "t": True,
    "true": True,
    "yes": True,
    "y": True,
    "1": True,
    "f": False,
    "false": False,
    "no": False,
    "n": False,
    "0": False,
}


def number(text: str) -> float | None:
    """Return a typed number of at most 15 digits and 6 decimals; None if it is none."""
    stripped = text.strip()
    return float(stripped) if _NUMBER.fullmatch(stripped) else None


def stored_number(text: str) -> float | None:
    """Return the number that an attribute's text is; None if it is none.

    As the database sees it: digits with an optional minus and decimals, nothing around them.
    """
    return float(text) if _STORED.fullmatch(text) else None


def truth(text: str) -> bool | None:
    """Return what `t`, `true`, `yes`, `f`, `false` or `no` mean; None for other words."""
    return _WORDS.get(text.strip().casefold())


@dataclass(frozen=True, slots=True)
class Interval:
    """Numbers between two bounds, each of them open where it is None."""

    low: float | None = None
    high: float | None = None
    has_low: bool = True
    has_high: bool = True

    def holds(self, number: float) -> bool:
        """True if the number lies within."""
        return self._above(number) and self._below(number)

    def _above(self, number: float) -> bool:
        return self.low is None or number > self.low or (self.has_low and number == self.low)

    def _below(self, number: float) -> bool:
        return self.high is None or number < self.high or (self.has_high and number == self.high)


def compared(operator: Operator, number: float) -> Interval:
    """Return the numbers that stand so to the given one."""
    match operator:
        case Operator.LESS:
            return Interval(high=number, has_high=False)
        case Operator.LESS_OR_EQUAL:
            return Interval(high=number)
        case Operator.GREATER:
            return Interval(low=number, has_low=False)
        case Operator.GREATER_OR_EQUAL:
            return Interval(low=number)
        case Operator.EQUAL | Operator.CONTAINS:
            return Interval(low=number, high=number)
