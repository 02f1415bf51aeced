"""What a facet is: how many things have each value of something. And the SQL that counts them."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One value as people wrote it, and how many things have it."""

    value: str
    number: int


@dataclass(frozen=True, slots=True)
class Facet:
    """How many things have each value of `by`: the biggest numbers first, equal ones by value.

    `total` things were counted, `missing` of them have no value. One with several values counts
    for each, so that the numbers may add up to more than the total. `other_values` are the values
    that are not listed.
    """

    by: str
    values: tuple[FacetValue, ...]
    total: int
    missing: int
    other_values: int = 0

    @property
    def is_capped(self) -> bool:
        """True if there are more values than are listed; the numbers are exact nevertheless."""
        return self.other_values > 0


def ranked(numbers: Iterable[tuple[str, int]]) -> list[FacetValue]:
    """Return values with their numbers in the order of a facet."""
    in_order = sorted(numbers, key=lambda each: (-each[1], each[0]))
    return [FacetValue(value, number) for value, number in in_order]


def grouped(held: str, *, is_once: bool = True) -> str:
    """Return the statement that counts rows of `value` and `owner` by value.

    Its last mark takes how many values at most, the rows of `held` come before. Each row of the
    answer is the value, its number, the first owner, the sum of all numbers, and how many values
    there are. Without `is_once`, an owner may come twice with a value.
    """
    number = "COUNT(*)" if is_once else "COUNT(DISTINCT owner)"
    return (
        f"SELECT value, {number} AS number, MIN(owner) AS example,"
        f" SUM({number}) OVER () AS numbers, COUNT(*) OVER () AS different"
        f" FROM ({held}) held GROUP BY value ORDER BY 2 DESC, 1 LIMIT %s"
    )
