"""Orders of pages, and the key by which the next page starts where one ended."""

from dataclasses import dataclass

from muster.core.errors import QueryError
from muster.inventory.search import dialects
from muster.inventory.search.sql import TRUE, Sql, all_of, between, sql
from muster.query.page_keys import PageKeys
from muster.query.values.numbers import Interval

_TEXTS = frozenset(
    {"name", "os", "display_name", "email", "address", "transport", "protocols", "product"}
)
_ORDERS = {
    "assets": ("last_seen", "first_seen", "name", "os"),
    "users": ("last_seen", "first_seen", "name", "display_name", "email", "last_logon"),
    "groups": ("last_seen", "first_seen", "name", "display_name", "email", "user_count"),
    "services": (
        *("last_seen", "first_seen", "port", "transport", "address"),
        *("protocols", "product"),
    ),
}
_INDEXED = {
    "assets": frozenset({"last_seen", "first_seen", "name", "os"}),
    "users": frozenset({"last_seen", "display_name"}),
    "groups": frozenset[str](),
    "services": frozenset({"last_seen"}),
}
"""The orders that an index has; the others are made of all that matches."""


@dataclass(frozen=True, slots=True)
class Order:
    """A column and a direction; ties are broken by id, in the same direction."""

    column: str
    is_descending: bool
    is_indexed: bool = False

    @property
    def expression(self) -> str:
        """What rows are ordered by: names without case, never NULL."""
        if self.column in _TEXTS:
            return dialects.lowered(f"t.{self.column}")
        return (
            f"COALESCE(t.{self.column}, 0)" if self.column == "last_logon" else f"t.{self.column}"
        )

    def clause(self) -> str:
        """Return the clause that orders rows `t`."""
        direction = "DESC" if self.is_descending else "ASC"
        return f"ORDER BY {self.expression} {direction}, t.id {direction}"

    def behind(self, after: str) -> Sql:
        """Return the condition of the rows behind a page's last one; all for "".

        Raises QueryError if the key is none of this order.
        """
        if not after:
            return TRUE
        wanted = str if self.column in _TEXTS else int
        value, number = self._keys.read(after, value=wanted, identity=int)
        mark = "<" if self.is_descending else ">"
        return sql(f"({self.expression}, t.id) {mark} (%s, %s)", value, number)

    def until(self, value: object, number: int) -> Sql:
        """Return the condition of the rows up to the one with this value and id."""
        mark = ">=" if self.is_descending else "<="
        return sql(f"({self.expression}, t.id) {mark} (%s, %s)", value, number)

    def between(self, bounds: Interval, *, behind: Sql = TRUE, until: Sql = TRUE) -> Sql:
        """Return the condition of the rows from `behind` on until `until`, within the bounds.

        A bound is only said where the other condition does not say more: SQLite cuts an index
        by the first condition that it finds.
        """
        first, last = (
            Interval(low=bounds.low, has_low=bounds.has_low),
            Interval(high=bounds.high, has_high=bounds.has_high),
        )
        if self.is_descending:
            first, last = last, first
        column = f"t.{self.column}"
        starts = between(column, first) if behind == TRUE else behind
        return all_of([starts, between(column, last) if until == TRUE else until])

    def key(self, value: object, number: int) -> str:
        """Return the key of a page that ended with this value and id."""
        return self._keys.key(value, number)

    @property
    def _keys(self) -> PageKeys:
        return PageKeys(self.column, self.is_descending)


def order(inventory: str, sort: str) -> Order:
    """Return the order that `name` or `-name` (descending) stands for.

    Raises QueryError if the inventory has no such order.
    """
    column = sort.removeprefix("-")
    known = _ORDERS[inventory]
    if column not in known:
        raise QueryError(
            f"{inventory} cannot be sorted by '{column[:60]}'",
            hint=f"Orders are: {', '.join(known)}; with a minus before it, the other way round.",
        )
    return Order(column, sort.startswith("-"), column in _INDEXED[inventory])
