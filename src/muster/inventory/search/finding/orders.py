"""What pages of each inventory can be ordered by: keywords, and what stands for them in SQL."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto

from muster.inventory.schema import OWNER_KINDS, SUBJECT_KINDS
from muster.inventory.search.compiling import dialects


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
    ADDRESS = auto()
    """The smallest of several addresses of 16 bytes; what has none comes first."""


@dataclass(frozen=True, slots=True)
class Ordered:
    """What rows `t` are ordered by: SQL of their own columns, or of rows that lie elsewhere.

    `{by_owner}` are ownerships, `{id}` makes a reference one that the index of a model finds.
    With `is_indexed` an index has the order; other orders are made of all that matches.
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
        return self.kind not in {Kind.NUMBER, Kind.FLAG}

    def expression(self) -> str:
        """Return the SQL of a row's value in the order."""
        by_owner, of_model = dialects.ownership_by_owner(), dialects.of_model()
        value = self.sql.replace("{by_owner}", by_owner).replace("{id}", of_model)
        match self.kind:
            case Kind.TEXT:
                return dialects.lowered(value)
            case Kind.NUMBER:
                return f"COALESCE({value}, 0)" if value in _OPTIONAL else value
            case Kind.FLAG:
                return f"CAST({value} AS INTEGER)"
            case Kind.VERSION:
                return dialects.version_key_of(value)
            case Kind.ADDRESS:
                return f"COALESCE({dialects.hexadecimal(value)}, '')"


_OPTIONAL = frozenset({"t.last_logon", "t.changed_at"})


def _text(column: str, *, is_indexed: bool = False) -> Ordered:
    return Ordered(Kind.TEXT, f"t.{column}", is_indexed=is_indexed)


def _number(column: str, *, is_indexed: bool = False) -> Ordered:
    return Ordered(Kind.NUMBER, f"t.{column}", is_indexed=is_indexed)


def _flag(column: str) -> Ordered:
    return Ordered(Kind.FLAG, f"t.{column}")


def _count(rows: str, what: str = "*") -> Ordered:
    return Ordered(Kind.NUMBER, f"(SELECT COUNT({what}) FROM {rows})")


_SERVICES = "inventory_service v WHERE v.asset_id = t.id"
_DIFFERENT = "DISTINCT v.transport || ' ' || v.port || ' ' || v.address"
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
        "address": Ordered(
            Kind.ADDRESS, "(SELECT MIN(a.packed) FROM asset_address a WHERE a.asset_id = t.id)"
        ),
        "site": Ordered(Kind.TEXT, _SITE.format(site="t.site_id")),
        "source": _number("source_mask"),
        "source_count": _number("source_count"),
        "alive": _flag("is_alive"),
        "scanned": _flag("is_scanned"),
        "active": _flag("is_active"),
        "gone": Ordered(Kind.FLAG, "(t.source_mask = 0)"),
        "created_at": _number("created_at"),
        "address_count": _count("asset_address a WHERE a.asset_id = t.id"),
        "service_count": _count(_SERVICES, _DIFFERENT),
        "tcp_count": _count(f"{_SERVICES} AND v.transport = 'tcp'", _DIFFERENT),
        "udp_count": _count(f"{_SERVICES} AND v.transport = 'udp'", _DIFFERENT),
    },
    "users": {
        **_DIRECTORY,
        "last_seen": _number("last_seen", is_indexed=True),
        "display_name": _text("display_name", is_indexed=True),
        "title": _text("title"),
        "department": _text("department"),
        "active": _flag("is_active"),
        "last_logon_at": _number("last_logon"),
        "device_count": _count(
            "{by_owner} JOIN inventory_assetsource s ON s.organization_id = o.organization_id"
            " AND s.feed_id = o.feed_id AND s.foreign_id = o.subject_ref{id}"
            " WHERE o.organization_id = t.organization_id AND o.owner_ref = t.foreign_id"
            f" AND o.feed_id = t.feed_id AND o.subject_kind = {SUBJECT_KINDS['asset']}"
            f" AND o.owner_kind = {OWNER_KINDS['user']}",
            "DISTINCT s.asset_id",
        ),
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
