"""Orders of pages, and the key by which the next page starts where one ended."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass

import orjson

from muster.core.errors import QueryError
from muster.inventory.search import dialects
from muster.inventory.search.sql import TRUE, Sql, sql

_LONGEST_KEY = 4000
_TOO_LARGE = 2**63
_TEXTS = frozenset({"name", "os", "display_name", "email"})
_ORDERS = {
    "assets": ("last_seen", "first_seen", "name", "os"),
    "users": ("last_seen", "first_seen", "name", "display_name", "email", "last_logon"),
    "groups": ("last_seen", "first_seen", "name", "display_name", "email", "user_count"),
}


@dataclass(frozen=True, slots=True)
class Order:
    """A column and a direction; ties are broken by id, in the same direction."""

    column: str
    is_descending: bool

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
        value, number = self._read(after)
        mark = "<" if self.is_descending else ">"
        return sql(f"({self.expression}, t.id) {mark} (%s, %s)", value, number)

    def key(self, value: object, number: int) -> str:
        """Return the key of a page that ended with this value and id."""
        packed = orjson.dumps([self.column, self.is_descending, value, number])
        return urlsafe_b64encode(packed).decode().rstrip("=")

    def _read(self, after: str) -> tuple[object, int]:
        wanted = str if self.column in _TEXTS else int
        try:
            padded = after[:_LONGEST_KEY] + "=" * (-len(after[:_LONGEST_KEY]) % 4)
            match orjson.loads(urlsafe_b64decode(padded.encode("ascii"))):
                case [self.column, self.is_descending, value, number] if _is_stored(
                    value, wanted
                ) and _is_stored(number, int):
                    return value, number
        except (binascii.Error, orjson.JSONDecodeError, UnicodeError):
            pass
        raise QueryError(
            "this page key is not one of this search and order",
            hint="Start again from the first page.",
        )


def _is_stored(value: object, kind: type) -> bool:
    """True if a value is of the kind, and such as a database holds."""
    if type(value) is not kind or "\0" in str(value):
        return False
    return not isinstance(value, int) or abs(value) < _TOO_LARGE


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
    return Order(column, sort.startswith("-"))
