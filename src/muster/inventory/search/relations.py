"""Sets of things by what is related to them in another inventory.

Memberships and ownerships hold foreign ids, which are unique within their feed. A relation that
leads through nested groups is closed in the database.
"""

from collections.abc import Callable

from muster.inventory.schema import MEMBER_KINDS, OWNER_KINDS, RELATIONS, SUBJECT_KINDS
from muster.inventory.search.sql import Sql, sql

Relation = Callable[[int, Sql], Sql]
"""From an organization and the ids of one side to the ids of the other."""

_USERS = "inventory_directoryuser"
_GROUPS = "inventory_directorygroup"
_RECORDS = "inventory_assetsource"
_ANY_RELATION = tuple(sorted(RELATIONS.values()))


def relation(inventory: str, name: str) -> Relation:
    """Return the relation of that name, seen from an inventory."""
    return _RELATIONS[inventory, name]


def _owned_by(relations: tuple[int, ...]) -> Relation:
    def assets(organization_id: int, users: Sql) -> Sql:
        """Return the assets that such users own or use."""
        marks = ", ".join(["%s"] * len(relations))
        return sql(
            f"SELECT s.asset_id FROM ownership o JOIN {_RECORDS} s"
            " ON s.organization_id = o.organization_id AND s.feed_id = o.feed_id"
            " AND s.foreign_id = o.subject_ref"
            f" JOIN {_USERS} u ON u.organization_id = o.organization_id"
            " AND u.feed_id = o.feed_id AND u.foreign_id = o.owner_ref"
            " WHERE o.organization_id = %s AND o.subject_kind = %s AND o.owner_kind = %s"
            f" AND o.relation IN ({marks}) AND s.asset_id IS NOT NULL AND u.id IN (",
            organization_id,
            SUBJECT_KINDS["asset"],
            OWNER_KINDS["user"],
            *relations,
        ) + _closed(users)

    return assets


def _owners_of_assets(organization_id: int, assets: Sql) -> Sql:
    """Return the users that own or use such assets."""
    marks = ", ".join(["%s"] * len(_ANY_RELATION))
    return sql(
        f"SELECT u.id FROM ownership o JOIN {_RECORDS} s"
        " ON s.organization_id = o.organization_id AND s.feed_id = o.feed_id"
        " AND s.foreign_id = o.subject_ref"
        f" JOIN {_USERS} u ON u.organization_id = o.organization_id"
        " AND u.feed_id = o.feed_id AND u.foreign_id = o.owner_ref"
        " WHERE o.organization_id = %s AND o.subject_kind = %s AND o.owner_kind = %s"
        f" AND o.relation IN ({marks}) AND s.asset_id IN (",
        organization_id,
        SUBJECT_KINDS["asset"],
        OWNER_KINDS["user"],
        *_ANY_RELATION,
    ) + _closed(assets)


def _groups_owned_by(organization_id: int, users: Sql) -> Sql:
    """Return the groups that such users own."""
    return sql(
        f"SELECT g.id FROM ownership o JOIN {_GROUPS} g"
        " ON g.organization_id = o.organization_id AND g.feed_id = o.feed_id"
        " AND g.foreign_id = o.subject_ref"
        f" JOIN {_USERS} u ON u.organization_id = o.organization_id"
        " AND u.feed_id = o.feed_id AND u.foreign_id = o.owner_ref"
        " WHERE o.organization_id = %s AND o.subject_kind = %s AND o.owner_kind = %s"
        " AND o.relation = %s AND u.id IN (",
        organization_id,
        SUBJECT_KINDS["group"],
        OWNER_KINDS["user"],
        RELATIONS["owner"],
    ) + _closed(users)


def _in_groups(table: str, kind: str, column: str) -> Relation:
    def members(organization_id: int, groups: Sql) -> Sql:
        """Return the members of one kind of such groups and of the groups within them."""
        return (
            sql(
                "WITH RECURSIVE within(feed_id, ref) AS ("
                f"SELECT m.feed_id, m.group_ref FROM {_GROUPS} g JOIN membership m"
                " ON m.organization_id = g.organization_id AND m.group_ref = g.foreign_id"
                " AND m.feed_id = g.feed_id WHERE g.organization_id = %s AND g.id IN (",
                organization_id,
            )
            + _closed(groups)
            + sql(
                " UNION SELECT m.feed_id, m.member_ref FROM within JOIN membership m"
                " ON m.organization_id = %s AND m.group_ref = within.ref"
                " AND m.feed_id = within.feed_id WHERE m.member_kind = %s)"
                f" SELECT e.{column} FROM within JOIN membership m ON m.organization_id = %s"
                " AND m.group_ref = within.ref AND m.feed_id = within.feed_id"
                f" JOIN {table} e ON e.organization_id = %s AND e.feed_id = m.feed_id"
                f" AND e.foreign_id = m.member_ref WHERE m.member_kind = %s"
                f" AND e.{column} IS NOT NULL",
                organization_id,
                MEMBER_KINDS["group"],
                organization_id,
                organization_id,
                MEMBER_KINDS[kind],
            )
        )

    return members


def _groups_with(table: str, kind: str, column: str) -> Relation:
    def groups(organization_id: int, members: Sql) -> Sql:
        """Return the groups that such members belong to, also through other groups."""
        return (
            sql(
                "WITH RECURSIVE around(feed_id, ref) AS ("
                f"SELECT m.feed_id, m.group_ref FROM {table} e JOIN membership m"
                " ON m.organization_id = e.organization_id AND m.member_ref = e.foreign_id"
                " AND m.feed_id = e.feed_id"
                f" WHERE e.organization_id = %s AND m.member_kind = %s AND e.{column} IN (",
                organization_id,
                MEMBER_KINDS[kind],
            )
            + _closed(members)
            + sql(
                " UNION SELECT m.feed_id, m.group_ref FROM around JOIN membership m"
                " ON m.organization_id = %s AND m.member_ref = around.ref"
                " AND m.feed_id = around.feed_id WHERE m.member_kind = %s)"
                f" SELECT g.id FROM around JOIN {_GROUPS} g ON g.organization_id = %s"
                " AND g.feed_id = around.feed_id AND g.foreign_id = around.ref",
                organization_id,
                MEMBER_KINDS["group"],
                organization_id,
            )
        )

    return groups


def _closed(ids: Sql) -> Sql:
    return Sql(f"{ids.text})", ids.parameters)


_RELATIONS: dict[tuple[str, str], Relation] = {
    ("assets", "owner"): _owned_by((RELATIONS["owner"],)),
    ("assets", "user"): _owned_by(_ANY_RELATION),
    ("assets", "group"): _in_groups(_RECORDS, "device", "asset_id"),
    ("users", "group"): _in_groups(_USERS, "user", "id"),
    ("users", "asset"): _owners_of_assets,
    ("groups", "member"): _groups_with(_USERS, "user", "id"),
    ("groups", "asset"): _groups_with(_RECORDS, "device", "asset_id"),
    ("groups", "group"): _in_groups(_GROUPS, "group", "id"),
    ("groups", "owner"): _groups_owned_by,
}
