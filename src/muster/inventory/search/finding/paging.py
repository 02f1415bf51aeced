"""Orders of pages, and the key by which the next page starts where one ended."""

from dataclasses import dataclass
from functools import cached_property

from muster.core.errors import QueryError
from muster.inventory.search.compiling.sql import TRUE, Sql, all_of, between, sql
from muster.inventory.search.finding.orders import ORDERS, Ordered
from muster.query.catalogue import catalogue
from muster.query.page_keys import PageKeys
from muster.query.values.numbers import Interval


@dataclass(frozen=True)
class Order:
    """A keyword and a direction; ties are broken by id, in the same direction."""

    keyword: str
    is_descending: bool
    by: Ordered

    @property
    def is_indexed(self) -> bool:
        """True if an index has the rows in this order."""
        return self.by.is_indexed

    @cached_property
    def expression(self) -> str:
        """What rows are ordered by: texts without case, never NULL."""
        return self.by.expression()

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
        wanted = str if self.by.is_text else int
        value, number = self._keys.read(after, value=wanted, identity=int)
        mark = "<" if self.is_descending else ">"
        return sql(f"({self.expression}, t.id) {mark} (%s, %s)", value, number)

    def until(self, value: object, number: int) -> Sql:
        """Return the condition of the rows up to the one with this value and id."""
        mark = ">=" if self.is_descending else "<="
        return sql(f"({self.expression}, t.id) {mark} (%s, %s)", value, number)

    def between(self, bounds: Interval, *, behind: Sql = TRUE, until: Sql = TRUE) -> Sql:
        """Return the condition of the rows from `behind` on until `until`, within the bounds.

        The bounds are those of the order's `figure`. A bound is only said where the other
        condition does not say more: SQLite cuts an index by the first condition that it finds.
        """
        first, last = (
            Interval(low=bounds.low, has_low=bounds.has_low),
            Interval(high=bounds.high, has_high=bounds.has_high),
        )
        if self.is_descending:
            first, last = last, first
        column = f"t.{self.by.figure}"
        starts = between(column, first) if behind == TRUE else behind
        return all_of([starts, between(column, last) if until == TRUE else until])

    def key(self, value: object, number: int) -> str:
        """Return the key of a page that ended with this value and id."""
        return self._keys.key(value, number)

    @property
    def _keys(self) -> PageKeys:
        return PageKeys(self.keyword, self.is_descending)


def orders(inventory: str) -> tuple[str, ...]:
    """Return the keywords that an inventory can be sorted by."""
    return tuple(ORDERS[inventory])


def order(inventory: str, sort: str) -> Order:
    """Return the order that `name` or `-name` (descending) stands for, by any name of a keyword.

    Raises QueryError if the inventory has no such order.
    """
    typed = sort.removeprefix("-").strip()
    known = ORDERS[inventory]
    field = catalogue(inventory).field(typed)
    keyword = typed if field is None else field.name
    if keyword not in known:
        raise QueryError(
            f"{inventory} cannot be sorted by '{typed[:60]}'",
            hint=f"Orders are: {', '.join(known)}; with a minus before it, the other way round.",
        )
    return Order(keyword, sort.startswith("-"), known[keyword])
