"""Sets of things by figures that are counted, not kept."""

from muster.inventory.schema import MEMBER_KINDS, OWNER_KINDS, SUBJECT_KINDS
from muster.inventory.search.sql import Sql, between, in_set, negated, sql
from muster.query.values.numbers import Interval

_SERVICE = "v.transport || ' ' || v.port || ' ' || v.address"


def counted(organization_id: int, column: str, interval: Interval) -> Sql:
    """Return the condition that a figure lies within.

    Things without any row to count are in no group, so where 0 lies within, all are taken but
    those whose count lies outside.
    """
    source, number = _counts(organization_id, column)
    within = between(number, interval)
    if not interval.holds(0):
        return _grouped(source, within)
    return negated(_grouped(source, negated(within)))


def _grouped(source: Sql, having: Sql) -> Sql:
    return in_set(source + Sql(" HAVING ") + having)


def _counts(organization_id: int, column: str) -> tuple[Sql, str]:
    match column:
        case "address_count":
            grouped = "SELECT a.asset_id FROM asset_address a WHERE a.organization_id = %s"
            return sql(f"{grouped} GROUP BY a.asset_id", organization_id), "COUNT(*)"
        case "service_count" | "tcp_count" | "udp_count":
            return _services(organization_id, column), f"COUNT(DISTINCT {_SERVICE})"
        case "device_count":
            return _devices(organization_id), "COUNT(DISTINCT s.asset_id)"
        case "group_count":
            return _groups(organization_id), "COUNT(DISTINCT g.id)"
    raise AssertionError(column)


def _services(organization_id: int, column: str) -> Sql:
    transports = {"tcp_count": "tcp", "udp_count": "udp"}
    only = " AND v.transport = %s" if column in transports else ""
    found = sql(
        "SELECT s.asset_id FROM asset_service v JOIN inventory_assetsource s"
        " ON s.organization_id = v.organization_id AND s.id = v.record_id"
        f" WHERE v.organization_id = %s AND s.asset_id IS NOT NULL{only} GROUP BY s.asset_id",
        organization_id,
    )
    return Sql(found.text, found.parameters + ((transports[column],) if only else ()))


def _devices(organization_id: int) -> Sql:
    return sql(
        "SELECT u.id FROM ownership o JOIN inventory_assetsource s"
        " ON s.organization_id = o.organization_id AND s.feed_id = o.feed_id"
        " AND s.foreign_id = o.subject_ref JOIN inventory_directoryuser u"
        " ON u.organization_id = o.organization_id AND u.feed_id = o.feed_id"
        " AND u.foreign_id = o.owner_ref"
        " WHERE o.organization_id = %s AND o.subject_kind = %s AND o.owner_kind = %s"
        " AND s.asset_id IS NOT NULL GROUP BY u.id",
        organization_id,
        SUBJECT_KINDS["asset"],
        OWNER_KINDS["user"],
    )


def _groups(organization_id: int) -> Sql:
    return sql(
        "WITH RECURSIVE around(user_id, feed_id, ref) AS ("
        "SELECT u.id, m.feed_id, m.group_ref FROM membership m JOIN inventory_directoryuser u"
        " ON u.organization_id = m.organization_id AND u.feed_id = m.feed_id"
        " AND u.foreign_id = m.member_ref WHERE m.organization_id = %s AND m.member_kind = %s"
        " UNION SELECT around.user_id, m.feed_id, m.group_ref FROM around JOIN membership m"
        " ON m.organization_id = %s AND m.member_ref = around.ref AND m.feed_id = around.feed_id"
        " WHERE m.member_kind = %s)"
        " SELECT around.user_id FROM around JOIN inventory_directorygroup g"
        " ON g.organization_id = %s AND g.feed_id = around.feed_id"
        " AND g.foreign_id = around.ref GROUP BY around.user_id",
        organization_id,
        MEMBER_KINDS["user"],
        organization_id,
        MEMBER_KINDS["group"],
        organization_id,
    )
