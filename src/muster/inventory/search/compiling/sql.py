"""A piece of SQL with the parameters that belong to its marks."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any

from muster.query.values.numbers import Interval

_LONGEST_CHAIN = 50
_ROW = re.compile(r"\bt\b")


class Cost(IntEnum):
    """What it costs to read the first few ids of a set."""

    POINT = 0
    """One place of an index."""
    RANGE = 1
    """A range of an index, all of which belongs to the set."""
    TEXT = 2
    """Lists of the trigram index, put together."""
    SLICE = 3
    """Rows of an index of which only some belong to it."""
    JOIN = 4
    """All of it, put together from several tables."""
    COUNT = 5
    """All of it, with everything counted before the first is known."""


@dataclass(frozen=True, slots=True)
class Ids:
    """The set of ids that a test lets pass, as a statement of its own.

    It may name an id more than once unless it `is_unique`.
    """

    text: str
    parameters: tuple[Any, ...]
    cost: Cost
    is_unique: bool = False


@dataclass(frozen=True, slots=True)
class Sql:
    """Text with `%s` marks, and one parameter for each.

    `depth` counts nested parentheses of the condition, which SQLite's parser limits. With
    `is_led`, rows can be found by their ids in a set, and need not be tested one by one. `ids` is
    that set, where the condition is nothing else. A condition that `is_of_id` asks for nothing of
    a row but its id. `looks` is about how often an index is looked into to test one row. One
    that `is_dear` reads a whole set before the first row can be tested.
    """

    text: str
    parameters: tuple[Any, ...] = ()
    depth: int = 0
    is_led: bool = False
    ids: Ids | None = None
    is_of_id: bool = False
    looks: int = 0
    is_dear: bool = False

    def __add__(self, other: "Sql") -> "Sql":
        """Return both, one after the other."""
        return Sql(
            self.text + other.text,
            self.parameters + other.parameters,
            max(self.depth, other.depth),
            looks=self.looks + other.looks,
            is_dear=self.is_dear or other.is_dear,
        )


TRUE = Sql("1 = 1")
FALSE = Sql("1 = 0")


def sql(text: str, *parameters: object) -> Sql:
    """Return a piece of SQL."""
    return Sql(text, parameters)


def negated(part: Sql) -> Sql:
    """Return the condition that holds where the part does not; it must never be NULL."""
    if part.text in {TRUE.text, FALSE.text}:
        return FALSE if part.text == TRUE.text else TRUE
    text, depth = f"NOT ({part.text})", part.depth + 1
    return replace(part, text=text, depth=depth, is_led=False, ids=None)


def all_of(parts: Iterable[Sql]) -> Sql:
    """Return the condition that holds where all the parts do."""
    needed = [each for each in parts if each.text != TRUE.text]
    if any(each.text == FALSE.text for each in needed):
        return FALSE
    return _joined(" AND ", needed, empty=TRUE, is_led=any(each.is_led for each in needed))


def any_of(parts: Iterable[Sql]) -> Sql:
    """Return the condition that holds where any of the parts does."""
    possible = [each for each in parts if each.text != FALSE.text]
    if any(each.text == TRUE.text for each in possible):
        return TRUE
    joined = _joined(" OR ", possible, empty=FALSE, is_led=all(each.is_led for each in possible))
    sets = [each.ids for each in possible if each.ids is not None]
    is_set = 1 < len(sets) == len(possible) <= _LONGEST_CHAIN
    return replace(joined, ids=_united(sets)) if is_set else joined


def in_set(
    ids: Sql,
    *,
    column: str = "id",
    depth: int = 1,
    cost: Cost = Cost.SLICE,
    is_unique: bool = False,
) -> Sql:
    """Return the condition that a row `t`, or what its column refers to, is one of a set.

    The set is a SELECT of one column that is named `id`: other statements join it by that name.
    """
    found = Ids(ids.text, ids.parameters, cost, is_unique) if column == "id" else None
    text = f"t.{column} IN ({ids.text})"
    return Sql(
        text,
        ids.parameters,
        depth,
        is_led=True,
        ids=found,
        is_of_id=found is not None,
        looks=1,
        is_dear=True,
    )


def _united(sets: Sequence[Ids]) -> Ids:
    parts = (f"SELECT * FROM ({each.text}) united_{n}" for n, each in enumerate(sets))
    return Ids(
        " UNION ALL ".join(parts),
        tuple(parameter for each in sets for parameter in each.parameters),
        max(each.cost for each in sets),
    )


def _joined(word: str, parts: Sequence[Sql], *, empty: Sql, is_led: bool) -> Sql:
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
        joined = [_joined(word, each, empty=empty, is_led=is_led) for each in chains]
        return _joined(word, joined, empty=empty, is_led=is_led)
    return Sql(
        f"({word.join(each.text for each in parts)})",
        tuple(parameter for each in parts for parameter in each.parameters),
        max(each.depth for each in parts) + 1,
        is_led=is_led,
        is_of_id=all(each.is_of_id for each in parts),
        looks=sum(each.looks for each in parts),
        is_dear=any(each.is_dear for each in parts),
    )


def renamed(part: Sql, alias: str) -> Sql:
    """Return a test of a row `t` as one of a row of another name, to stand within a test of `t`."""
    return replace(part, text=_ROW.sub(alias, part.text), is_led=False, ids=None, is_of_id=False)


def between(column: str, interval: Interval) -> Sql:
    """Return the condition that a number lies within; NULL where the column is."""
    if interval.low is not None and interval == Interval(low=interval.low, high=interval.low):
        return sql(f"{column} = %s", _whole(interval.low))
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
