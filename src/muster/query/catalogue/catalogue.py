"""The catalogue of each inventory, and looking keywords up in it."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from muster.core.errors import QueryError
from muster.query.catalogue import (
    accounts,
    assets,
    credentials,
    directory,
    explorers,
    services,
    shared,
    sites,
    tasks,
)
from muster.query.catalogue.field import Field, FieldType

_SHORTEST_FOR_TWO_SLIPS = 6
_ALIKE = 0.6


@dataclass(frozen=True)
class Catalogue:
    """What can be asked of one inventory.

    `free` are the keys that a free word is looked for in, `named_by` the keywords that a relation
    from another inventory compares. With `is_open`, unknown keywords are attributes; without
    `has_attributes`, there are none.
    """

    inventory: str
    fields: tuple[Field, ...]
    free: tuple[str, ...]
    named_by: tuple[str, ...]
    is_open: bool = False
    has_attributes: bool = True

    def field(self, keyword: str) -> Field | None:
        """Return the field of that name or alias, in any case; None if there is none."""
        return self._by_name.get(keyword.casefold())

    def known(self) -> list[Field]:
        """Return the fields that can be searched, in their order."""
        return [each for each in self.fields if each.type is not FieldType.ABSENT]

    def names(self) -> list[str]:
        """Return every name and alias that can be searched, for completion."""
        return [name for each in self.known() for name in (each.name, *each.aliases)]

    def nearest(self, keyword: str) -> str | None:
        """Return the name most like the keyword, None if nothing is like it."""
        found = difflib.get_close_matches(keyword.casefold(), self.names(), n=1, cutoff=_ALIKE)
        return found[0] if found else None

    def slip(self, keyword: str) -> str | None:
        """Return the name that the keyword surely meant: one slip away, two in a long one."""
        folded = keyword.casefold()
        allowed = 2 if len(folded) >= _SHORTEST_FOR_TWO_SLIPS else 1
        letters = frozenset(folded)
        slips = {
            each: _slips(folded, each, most=allowed)
            for length in range(len(folded) - allowed, len(folded) + allowed + 1)
            for each, its in self._by_length.get(length, ())
            if len(letters ^ its) <= 2 * allowed
        }
        nearest = min(slips, key=slips.__getitem__, default=None)
        return nearest if nearest is not None and slips[nearest] <= allowed else None

    @cached_property
    def _by_length(self) -> Mapping[int, Sequence[tuple[str, frozenset[str]]]]:
        """Names with their letters: a query of a thousand unknown words must be quick too."""
        found: dict[int, list[tuple[str, frozenset[str]]]] = {}
        for name in self.names():
            found.setdefault(len(name), []).append((name, frozenset(name)))
        return found

    @cached_property
    def _by_name(self) -> Mapping[str, Field]:
        return {name: each for each in self.fields for name in (each.name, *each.aliases)}


def _slips(left: str, right: str, *, most: int) -> int:
    """Return how many characters differ, are missing or swapped; more than `most` is just more."""
    if abs(len(left) - len(right)) > most:
        return most + 1
    above: list[int] = []
    row = list(range(len(right) + 1))
    for at in range(1, len(left) + 1):
        above, before, row = row, above, [at]
        for to in range(1, len(right) + 1):
            differs = left[at - 1] != right[to - 1]
            cost = min(above[to] + 1, row[to - 1] + 1, above[to - 1] + differs)
            if at > 1 and to > 1 and left[at - 2 : at] == right[to - 2 : to][::-1]:
                cost = min(cost, before[to - 2] + 1)
            row.append(cost)
    return row[-1]


INVENTORIES: Mapping[str, Catalogue] = {
    each.inventory: each
    for each in (
        Catalogue("assets", assets.FIELDS, assets.FREE, assets.NAMED_BY),
        Catalogue(
            "users",
            directory.USERS,
            directory.USERS_FREE,
            directory.USERS_NAMED_BY,
            is_open=True,
        ),
        Catalogue(
            "groups",
            directory.GROUPS,
            directory.GROUPS_FREE,
            directory.GROUPS_NAMED_BY,
            is_open=True,
        ),
        Catalogue("services", services.FIELDS, services.FREE, services.NAMED_BY),
        Catalogue("tasks", tasks.FIELDS, tasks.FREE, tasks.NAMED_BY, has_attributes=False),
        Catalogue("sites", sites.FIELDS, sites.FREE, sites.NAMED_BY, has_attributes=False),
        Catalogue(
            "explorers", explorers.FIELDS, explorers.FREE, explorers.NAMED_BY, has_attributes=False
        ),
        Catalogue(
            "credentials",
            credentials.FIELDS,
            credentials.FREE,
            credentials.NAMED_BY,
            has_attributes=False,
        ),
        Catalogue(
            "accounts", accounts.FIELDS, accounts.FREE, accounts.NAMED_BY, has_attributes=False
        ),
    )
}


_ABSENT = {
    "wireless": shared.NO_WIRELESS[0].help,
    "vulnerabilities": shared.NO_VULNERABILITIES[0].help,
    "software": shared.NO_SOFTWARE[0].help,
}
"""Inventories that people will try, and why there is nothing in them."""


def catalogue(inventory: str) -> Catalogue:
    """Return the catalogue of an inventory.

    Raises QueryError if there is no such inventory.
    """
    found = INVENTORIES.get(inventory)
    if found is None:
        reason = f": {_ABSENT[inventory]}" if inventory in _ABSENT else ""
        raise QueryError(
            f"there is no inventory '{inventory}'{reason}",
            hint=f"Inventories are: {', '.join(INVENTORIES)}.",
        )
    return found
