"""What pages of each inventory can be ordered by: keywords, and what stands for them in SQL."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto

from muster.inventory.search.compiling import dialects, figures


class Kind(Enum):
    """How a row's value is made comparable and never NULL."""

    TEXT = auto()
    """Text without case; what has none comes first."""
    NUMBER = auto()
    """A number or an instant; what has none counts as 0."""
    FLAG = auto()
    """A boolean; what is not comes first."""
    VERSION = auto()
    """Text whose numbers count as numbers."""
    COUNT = auto()
    """A figure that is counted for each row."""


@dataclass(frozen=True, slots=True)
class Ordered:
    """What rows `t` are ordered by: SQL of their own columns, or of rows that lie elsewhere.

    Of a count it is the name of the figure. With `is_indexed` an index has the order; other
    orders are made of all that matches.
    """

    kind: Kind
    sql: str
    is_indexed: bool = False

    @property
    def figure(self) -> str:
        """The column that a bound on a figure also bounds in this order; "" if there is none."""
        is_plain = self.kind is Kind.NUMBER and self.sql.startswith("t.")
        return self.sql.removeprefix("t.") if is_plain else ""

    @property
    def is_text(self) -> bool:
        """True if the values of the order are text, else they are whole numbers."""
        return self.kind in {Kind.TEXT, Kind.VERSION}

    def expression(self) -> str:
        """Return the SQL of a row's value in the order."""
        match self.kind:
            case Kind.TEXT:
                return dialects.lowered(self.sql)
            case Kind.NUMBER:
                return f"COALESCE({self.sql}, 0)" if self.sql in _OPTIONAL else self.sql
            case Kind.FLAG:
                return f"CAST({self.sql} AS INTEGER)"
            case Kind.VERSION:
                return dialects.version_key_of(self.sql)
            case Kind.COUNT:
                what, rows = figures.numbered(self.sql)
                return f"(SELECT COUNT({what}) FROM {rows})"


_OPTIONAL = frozenset({"t.last_logon", "t.changed_at"})


def _text(column: str, *, is_indexed: bool = False) -> Ordered:
    return Ordered(Kind.TEXT, f"t.{column}", is_indexed=is_indexed)


def _number(column: str, *, is_indexed: bool = False) -> Ordered:
    return Ordered(Kind.NUMBER, f"t.{column}", is_indexed=is_indexed)


def _flag(column: str) -> Ordered:
    return Ordered(Kind.FLAG, f"t.{column}")


def _count(column: str) -> Ordered:
    return Ordered(Kind.COUNT, column)


_LONGEST_ORDERED = 200
"""Only so many characters of a long text decide, so that a page key stays short."""
_SITE = "(SELECT s.name FROM organizations_site s WHERE s.id = {site})"
_ASSET = "(SELECT a.{column} FROM inventory_asset a WHERE a.id = t.asset_id)"

_SEEN = {
    "first_seen": _number("first_seen"),
    "updated_at": _number("updated_at"),
    "changed": _number("changed_at"),
}
_DIRECTORY = {
    **_SEEN,
    "name": _text("name"),
    "email": _text("email"),
    "source": _number("source_id"),
    "gone": Ordered(Kind.FLAG, "(t.gone_at IS NOT NULL)"),
}
ORDERS: Mapping[str, Mapping[str, Ordered]] = {
    "assets": {
        **_SEEN,
        "last_seen": _number("last_seen", is_indexed=True),
        "first_seen": _number("first_seen", is_indexed=True),
        "name": _text("name", is_indexed=True),
        "os": _text("os", is_indexed=True),
        "os_version": Ordered(Kind.VERSION, "t.os_version"),
        "type": _text("device_type"),
        "hw": _text("hardware"),
        "vendor": _text("hardware_vendor"),
        "site": Ordered(Kind.TEXT, _SITE.format(site="t.site_id")),
        "source": _number("source_mask"),
        "source_count": _number("source_count"),
        "alive": _flag("is_alive"),
        "scanned": _flag("is_scanned"),
        "active": _flag("is_active"),
        "gone": Ordered(Kind.FLAG, "(t.source_mask = 0)"),
        "created_at": _number("created_at"),
        "service_count": _count("service_count"),
        "tcp_count": _count("tcp_count"),
        "udp_count": _count("udp_count"),
    },
    "users": {
        **_DIRECTORY,
        "last_seen": _number("last_seen", is_indexed=True),
        "display_name": _text("display_name", is_indexed=True),
        "title": _text("title"),
        "department": _text("department"),
        "active": _flag("is_active"),
        "last_logon_at": _number("last_logon"),
        "device_count": _count("device_count"),
    },
    "groups": {
        **_DIRECTORY,
        "last_seen": _number("last_seen"),
        "display_name": _text("display_name"),
        "description": Ordered(Kind.TEXT, f"substr(t.description, 1, {_LONGEST_ORDERED})"),
        "user_count": _number("user_count"),
    },
    "services": {
        "last_seen": _number("last_seen", is_indexed=True),
        "first_seen": _number("first_seen"),
        "updated_at": _number("updated_at"),
        "port": _number("port"),
        "transport": _text("transport"),
        "address": _text("address"),
        "protocol": _text("protocols"),
        "product": _text("product"),
        "asset": Ordered(Kind.TEXT, _ASSET.format(column="name")),
        "site": Ordered(Kind.TEXT, _SITE.format(site=_ASSET.format(column="site_id"))),
        "source": Ordered(Kind.NUMBER, _ASSET.format(column="source_mask")),
    },
}
