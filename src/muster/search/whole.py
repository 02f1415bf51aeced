"""Searching for things whole: with all that their sources say, in an order that nothing changes."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from muster.core.errors import QueryError
from muster.inventory import selectors
from muster.inventory.search import ids_behind
from muster.organizations.scope import Scope
from muster.query.catalogue import catalogue
from muster.query.page_keys import PageKeys

_AT_ONCE = 500
"""Things whole are large: so many are in memory at a time, whatever the number of all."""
LARGEST_WHOLE_PAGE = 1000
_KEYS = PageKeys("id", is_descending=False)

_READERS: Mapping[str, Callable[[Scope, Sequence[int]], Sequence[Any]]] = {
    "assets": selectors.whole_assets,
    "services": selectors.whole_services,
    "users": selectors.whole_users,
    "groups": selectors.whole_groups,
}


@dataclass(frozen=True, slots=True)
class WholePage:
    """Things of one page. `next_key` asks for the next one; "" behind the last."""

    things: Sequence[Any]
    next_key: str = ""


def whole_page(
    scope: Scope, inventory: str, text: str, *, now: datetime, after: str = "", page_size: int
) -> WholePage:
    """Return the page of what a query matches that starts behind the key `after`.

    Raises QueryError for a query or key that cannot be read, or when time runs out.
    """
    _check(inventory)
    size = max(1, min(page_size, LARGEST_WHOLE_PAGE))
    last = _KEYS.read(after, value=int, identity=int)[1] if after else 0
    found = ids_behind(scope, text, now=now, inventory=inventory, after=last, size=size + 1)
    shown = found[:size]
    next_key = _KEYS.key(0, shown[-1]) if len(found) > size else ""
    return WholePage(_READERS[inventory](scope, shown), next_key)


def every_whole(
    scope: Scope, inventory: str, text: str, *, now: datetime
) -> Iterator[Sequence[Any]]:
    """Yield all that a query matches, list by list, so that memory stays flat.

    Raises QueryError as `whole_page` does, with the first list.
    """
    _check(inventory)
    last = 0
    while True:
        found = ids_behind(scope, text, now=now, inventory=inventory, after=last, size=_AT_ONCE)
        if not found:
            return
        yield _READERS[inventory](scope, found)
        if len(found) < _AT_ONCE:
            return
        last = found[-1]


def _check(inventory: str) -> None:
    catalogue(inventory)
    if inventory not in _READERS:
        raise QueryError(
            f"{inventory} are not read whole", hint=f"Those are: {', '.join(_READERS)}."
        )
