"""Sets of things by figures that are counted, not kept."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from muster.inventory import engine
from muster.inventory.schema import MEMBER_KINDS, OWNER_KINDS, SUBJECT_KINDS
from muster.inventory.search.compiling import dialects
from muster.inventory.search.compiling.sql import (
    TRUE,
    Cost,
    Sql,
    all_of,
    between,
    in_set,
    negated,
    sql,
)
from muster.query.values.numbers import Interval

Having = Callable[[str], Sql]
"""From the expression of a count to the condition it must pass."""

_SERVICES = "inventory_service"
_NO_MORE = Sql("")
_TRANSPORTS = {"service_count": "", "tcp_count": "tcp", "udp_count": "udp"}
NUMBERED = frozenset({"device_count", *_TRANSPORTS})
"""The figures that are counted for one row by looking into indexes."""
_LOOKS = 3
_SERVICE = "v.transport || ' ' || v.port || ' ' || v.address"


def counted(
    organization_id: int, column: str, interval: Interval, *, candidates: str | None = None
) -> Sql:
    """Return the condition that a figure lies within; true of candidates only if they are named.

    Things without any row to count are in no group, so where 0 lies within, all are taken but
    those whose count lies outside.
    """
    counts = _Counts(organization_id, candidates)
    if not interval.holds(0):
        return _grouped(counts, column, lambda number: between(number, interval))
    outside = _grouped(counts, column, lambda number: negated(between(number, interval)))
    return negated(outside)


def port(transport: str, interval: Interval) -> Sql:
    """Return the condition that a row `t` is a service on such a port of `tcp` or `udp`."""
    return all_of([sql("t.transport = %s", transport), between("t.port", interval)])


def _grouped(counts: "_Counts", column: str, having: Having) -> Sql:
    return in_set(counts.of(column, having), cost=Cost.COUNT)


def of_row(column: str, interval: Interval) -> Sql | None:
    """Return the condition of one row `t`; None if no index finds what is to be counted for it."""
    if interval == Interval():
        return TRUE
    if column not in NUMBERED:
        return None
    what, rows = numbered(column)
    within = between(f"COUNT({what})", interval)
    counted = Sql("(SELECT ") + within + Sql(f" FROM {rows})")
    return replace(counted, depth=1, looks=_LOOKS)


def numbered(column: str) -> tuple[str, str]:
    """Return what is counted for a row `t`, and among what, as it stands behind FROM."""
    if column == "device_count":
        return "DISTINCT s.asset_id", (
            f"{dialects.ownership_by_owner()} {dialects.leading_join()} inventory_assetsource s"
            " ON s.organization_id = o.organization_id"
            f" AND s.feed_id = o.feed_id AND s.foreign_id = o.subject_ref{dialects.of_model()}"
            " WHERE o.organization_id = t.organization_id AND o.owner_ref = t.foreign_id"
            f" AND o.feed_id = t.feed_id AND o.subject_kind = {SUBJECT_KINDS['asset']}"
            f" AND o.owner_kind = {OWNER_KINDS['user']}"
        )
    transport = _TRANSPORTS[column]
    of_transport = f" AND v.transport = '{transport}'" if transport else ""
    return f"DISTINCT {_SERVICE}", (
        f"{_SERVICES} v WHERE v.asset_id = t.id"
        f" AND {engine.unindexed('v.organization_id')} = t.organization_id{of_transport}"
    )


@dataclass(frozen=True, slots=True)
class _Counts:
    """Sets of things by how many rows they have in another table; of candidates only if named."""

    organization_id: int
    candidates: str | None

    def of(self, column: str, having: Having) -> Sql:
        """Return the ids whose count passes."""
        match column:
            case "address_count":
                return self._rows("asset_address", "COUNT(*)", having)
            case "service_count":
                return self._rows(_SERVICES, f"COUNT(DISTINCT {_SERVICE})", having)
            case "tcp_count" | "udp_count":
                transport = sql(" AND v.transport = %s", column.partition("_")[0])
                return self._rows(_SERVICES, f"COUNT(DISTINCT {_SERVICE})", having, transport)
            case "device_count":
                return self._devices(having)
            case "group_count":
                return self._groups(having)
        raise AssertionError(column)

    def _rows(self, table: str, number: str, having: Having, more: Sql = _NO_MORE) -> Sql:
        near = f" AND v.asset_id IN (SELECT id FROM {self.candidates})" if self.candidates else ""
        return (
            sql(
                f"SELECT v.asset_id AS id FROM {table} v WHERE v.organization_id = %s"
                f" AND v.asset_id IS NOT NULL{near}",
                self.organization_id,
            )
            + more
            + Sql(" GROUP BY v.asset_id HAVING ")
            + having(number)
        )

    def _devices(self, having: Having) -> Sql:
        then = dialects.leading_join()
        joined = sql(
            f"{self._users()} {then} {dialects.ownership_by_owner()}"
            " ON o.organization_id = u.organization_id"
            " AND o.owner_ref = u.foreign_id AND o.feed_id = u.feed_id"
            f" {then} inventory_assetsource s ON s.organization_id = o.organization_id"
            f" AND s.feed_id = o.feed_id AND s.foreign_id = o.subject_ref{dialects.of_model()}"
            " WHERE u.organization_id = %s AND o.subject_kind = %s AND o.owner_kind = %s"
            f" AND {dialects.is_set('s.asset_id', beside='o.feed_id')} GROUP BY u.id HAVING ",
            self.organization_id,
            SUBJECT_KINDS["asset"],
            OWNER_KINDS["user"],
        )
        return Sql("SELECT u.id AS id FROM ") + joined + having("COUNT(DISTINCT s.asset_id)")

    def _groups(self, having: Having) -> Sql:
        then, members = dialects.leading_join(), dialects.membership_by_member()
        joined = sql(
            "WITH RECURSIVE around(user_id, feed_id, ref) AS ("
            f"SELECT u.id, m.feed_id, m.group_ref FROM {self._users()} {then} {members}"
            " ON m.organization_id = u.organization_id AND m.member_ref = u.foreign_id"
            " AND m.feed_id = u.feed_id WHERE u.organization_id = %s AND m.member_kind = %s"
            f" UNION SELECT around.user_id, m.feed_id, m.group_ref FROM around {then} {members}"
            " ON m.organization_id = %s AND m.member_ref = around.ref"
            " AND m.feed_id = around.feed_id WHERE m.member_kind = %s)"
            f" SELECT around.user_id AS id FROM around {then} inventory_directorygroup g"
            " ON g.organization_id = %s AND g.feed_id = around.feed_id"
            f" AND g.foreign_id = around.ref{dialects.of_model()} GROUP BY around.user_id HAVING ",
            self.organization_id,
            MEMBER_KINDS["user"],
            self.organization_id,
            MEMBER_KINDS["group"],
            self.organization_id,
        )
        return joined + having("COUNT(DISTINCT g.id)")

    def _users(self) -> str:
        """The users to count for, as the first of a join."""
        if self.candidates is None:
            return "inventory_directoryuser u"
        then = dialects.leading_join()
        return f"{self.candidates} near {then} inventory_directoryuser u ON u.id = near.id"
