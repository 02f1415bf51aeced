"""What a list is asked for: the query, the order, the columns, the page."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from muster.console.listing.columns import shown_columns
from muster.console.listing.kinds import Kind
from muster.console.requests import PageRequest
from muster.query.parse import LONGEST_QUERY_BYTES

MOST_COLUMNS = 20
_REMEMBERED = "columns"
_LONGEST_NAME = 300


@dataclass(frozen=True, slots=True)
class Asked:
    """One list as it is asked for. `sort` "" is its own order; `after` is the key of a page."""

    kind: Kind
    search: str
    sort: str
    columns: tuple[str, ...]
    after: str = ""

    def path(self, **changes: str) -> str:
        """Return the path of the list with other things asked; "" takes one away."""
        given = {"search": self.search, "sort": self.sort, **changes}
        query = urlencode({name: text for name, text in given.items() if text})
        return f"{self.kind.path}?{query}" if query else self.kind.path

    def beside(self, path: str, **more: str) -> str:
        """Return the path of something that is told which list it is about."""
        given = {"of": self.kind.inventory, "search": self.search, "sort": self.sort, **more}
        return f"{path}?{urlencode({name: text for name, text in given.items() if text})}"


def asked_of(request: PageRequest, kind: Kind, given: Mapping[str, str]) -> Asked:
    """Return what is asked for, with the columns that the address or the session names.

    More than a query can hold is cut where the query is refused as too long anyway.
    """
    return Asked(
        kind=kind,
        search=given.get("search", "")[: LONGEST_QUERY_BYTES + 1].strip(),
        sort=given.get("sort", ""),
        columns=_columns(request, kind, given.get("columns", "")),
        after=given.get("after", ""),
    )


def remember_columns(request: PageRequest, kind: Kind, names: tuple[str, ...]) -> None:
    """Keep the columns that an account chose for as long as its session; none for its own."""
    chosen = dict(request.session.get(_REMEMBERED, {}))
    chosen.pop(kind.inventory, None)
    if names:
        chosen[kind.inventory] = list(names)
    request.session[_REMEMBERED] = chosen


def _columns(request: PageRequest, kind: Kind, given: str) -> tuple[str, ...]:
    if given:
        return names_of(given.split(","))
    kept = request.session.get(_REMEMBERED, {}).get(kind.inventory)
    return tuple(kept) if kept else shown_columns(kind.inventory)


def names_of(given: list[str]) -> tuple[str, ...]:
    """Return names of columns, each once, none empty or longer than any can be."""
    stripped = (each.strip()[:_LONGEST_NAME] for each in given)
    return tuple(dict.fromkeys(each for each in stripped if each))[:MOST_COLUMNS]
