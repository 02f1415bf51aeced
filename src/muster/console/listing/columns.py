"""Columns of a list: which are shown, what they are called, and what sorts by them."""

from collections.abc import Mapping, Sequence

from muster.console.tables import Column
from muster.query.catalogue import catalogue
from muster.search import columns as columns_of
from muster.search import orders

_NUMBERS = frozenset({"port", "user_count"})
# Of the columns that nobody chose, those that a small screen can do without.
_WIDE_ONLY = frozenset({"hw", "site", "title", "description", "transport"})
# Rows come by the time that they were seen, unless somebody says otherwise.
OWN_ORDER = "-last_seen"


def shown_columns(inventory: str) -> tuple[str, ...]:
    """Return the columns that a list has where nobody chose any."""
    return tuple(each.name for each in columns_of(inventory) if each.is_shown)


def headings(inventory: str) -> Mapping[str, str]:
    """Return what each column of an inventory's rows is called; it may have attributes besides."""
    return {each.name: each.heading for each in columns_of(inventory)}


def table_columns(inventory: str, names: Sequence[str]) -> list[Column]:
    """Return the columns of those names, attributes among them, as a table has them."""
    known, sorts = headings(inventory), orders(inventory)
    is_own = tuple(names) == shown_columns(inventory)
    return [
        Column(
            label=known.get(each, each),
            sort=_sort(inventory, each, sorts),
            is_number=each in _NUMBERS,
            is_wide_only=is_own and each in _WIDE_ONLY,
        )
        for each in names
    ]


def _sort(inventory: str, name: str, sorts: Sequence[str]) -> str:
    """Return the keyword that sorts by a column, "" if none does."""
    if name in sorts:
        return name
    field = catalogue(inventory).field(name)
    return field.name if field is not None and field.name in sorts else ""
