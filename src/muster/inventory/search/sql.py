"""A piece of SQL with the parameters that belong to its marks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from muster.query.values.numbers import Interval

_LONGEST_CHAIN = 50


@dataclass(frozen=True, slots=True)
class Sql:
    """Text with `%s` marks, and one parameter for each.

    `depth` counts nested parentheses of the condition, which SQLite's parser limits. With
    `is_led`, rows can be found by their ids in a set, and need not be tested one by one.
    """

    text: str
    parameters: tuple[Any, ...] = ()
    depth: int = 0
    is_led: bool = False

    def __add__(self, other: "Sql") -> "Sql":
        """Return both, one after the other."""
        return Sql(
            self.text + other.text,
            self.parameters + other.parameters,
            max(self.depth, other.depth),
        )


TRUE = Sql("1 = 1")
FALSE = Sql("1 = 0")


def sql(text: str, *parameters: object) -> Sql:
    """Return a piece of SQL."""
    return Sql(text, parameters)


def negated(part: Sql) -> Sql:
    """Return the condition that holds where the part does not; it must never be NULL."""
    if part in {TRUE, FALSE}:
        return FALSE if part == TRUE else TRUE
    return Sql(f"NOT ({part.text})", part.parameters, part.depth + 1)


def all_of(parts: Iterable[Sql]) -> Sql:
    """Return the condition that holds where all the parts do."""
    needed = [each for each in parts if each != TRUE]
    joined = FALSE if FALSE in needed else _joined(" AND ", needed, empty=TRUE)
    return replace(joined, is_led=any(each.is_led for each in needed))


def any_of(parts: Iterable[Sql]) -> Sql:
    """Return the condition that holds where any of the parts does."""
    possible = [each for each in parts if each != FALSE]
    joined = TRUE if TRUE in possible else _joined(" OR ", possible, empty=FALSE)
    return replace(joined, is_led=bool(possible) and all(each.is_led for each in possible))


def in_set(ids: Sql, *, depth: int = 1) -> Sql:
    """Return the condition that a row `t` is one of a set."""
    return Sql(f"t.id IN ({ids.text})", ids.parameters, depth, is_led=True)


def _joined(word: str, parts: Sequence[Sql], *, empty: Sql) -> Sql:
    """Return the parts in one pair of parentheses.

    Long chains are cut: SQLite holds a chain as a tree as deep as it is long.
    """
    if not parts:
        return empty
    if len(parts) == 1:
        return parts[0]
    if len(parts) > _LONGEST_CHAIN:
        starts = range(0, len(parts), _LONGEST_CHAIN)
        chains = [parts[start : start + _LONGEST_CHAIN] for start in starts]
        return _joined(word, [_joined(word, each, empty=empty) for each in chains], empty=empty)
    return Sql(
        f"({word.join(each.text for each in parts)})",
        tuple(parameter for each in parts for parameter in each.parameters),
        max(each.depth for each in parts) + 1,
    )


def between(column: str, interval: Interval) -> Sql:
    """Return the condition that a number lies within; NULL where the column is."""
    bounds = [
        (interval.low, ">=" if interval.has_low else ">"),
        (interval.high, "<=" if interval.has_high else "<"),
    ]
    return all_of(
        sql(f"{column} {mark} %s", _whole(bound)) for bound, mark in bounds if bound is not None
    )


def _whole(number: float) -> float:
    """Return a whole number as an int: PostgreSQL finds no other in an index of integers."""
    return int(number) if number == int(number) else number
