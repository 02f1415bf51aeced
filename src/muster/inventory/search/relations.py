"""Sets of things by what is related to them in another inventory.

Memberships and ownerships hold foreign ids, which are unique within their feed. A relation that
leads through nested groups is closed in the database.
"""

from collections.abc import Callable

from muster.inventory import engine
from muster.inventory.schema import MEMBER_KINDS, OWNER_KINDS, RELATIONS, SUBJECT_KINDS
from muster.inventory.search import dialects
from muster.inventory.search.sql import Sql, sql

Relation = Callable[[int, Sql], Sql]
"""From an organization and the ids of one side to the ids of the other."""

_USERS = "inventory_directoryuser"
_GROUPS = "inventory_directorygroup"
_RECORDS = "inventory_assetsource"
_SERVICES = "inventory_service"
_ANY_RELATION = tuple(sorted(RELATIONS.values()))


def relation(inventory: str, name: str) -> Relation:
    """Return the relation of that name, seen from an inventory."""
    return _RELATIONS[inventory, name]


def related(inventory: str, name: str, organization_id: int, candidates: str) -> Sql | None:
    """Return what a relation leads to from a named set of ids, or more; None if nobody can tell.

    It is `relation` the other way round: what need not be looked at can be left out.
    """
    chosen = Sql(f"SELECT id FROM {candidates}")
    if inventory == "services":
        return Sql("SELECT v.asset_id") + _from(chosen, _SERVICES, "v", "id", organization_id)
    if name == "service":
        return Sql("SELECT v.id") + _from(chosen, _SERVICES, "v", "asset_id", organization_id)
    back = _BACK.get((inventory, name))
    return back(organization_id, chosen) if back else None


def _owned_by(relations: tuple[int, ...]) -> Relation:
    def assets(organization_id: int, users: Sql) -> Sql:
        """Return the assets that such users own or use."""
        marks = ", ".join(["%s"] * len(relations))
        start = Sql("SELECT s.asset_id") + _from(users, _USERS, "u", "id", organization_id)
        return start + sql(
            f" {_next()} ownership o ON o.organization_id = u.organization_id"
            " AND o.owner_ref = u.foreign_id AND o.feed_id = u.feed_id"
            f" {_next()} {_RECORDS} s ON s.organization_id = o.organization_id"
            " AND s.feed_id = o.feed_id AND s.foreign_id = o.subject_ref"
            " WHERE o.subject_kind = %s AND o.owner_kind = %s"
            f" AND o.relation IN ({marks}) AND s.asset_id IS NOT NULL",
            SUBJECT_KINDS["asset"],
            OWNER_KINDS["user"],
            *relations,
        )

    return assets


def _owners_of_assets(organization_id: int, assets: Sql) -> Sql:
    """Return the users that own or use such assets."""
    start = Sql("SELECT u.id") + _from(assets, _RECORDS, "s", "asset_id", organization_id)
    return start + sql(
        f" {_next()} ownership o ON o.organization_id = s.organization_id"
        " AND o.subject_ref = s.foreign_id AND o.feed_id = s.feed_id"
        f" {_next()} {_USERS} u ON u.organization_id = o.organization_id"
        " AND u.feed_id = o.feed_id AND u.foreign_id = o.owner_ref"
        " WHERE o.subject_kind = %s AND o.owner_kind = %s",
        SUBJECT_KINDS["asset"],
        OWNER_KINDS["user"],
    )


def _groups_owned_by(organization_id: int, users: Sql) -> Sql:
    """Return the groups that such users own."""
    start = Sql("SELECT g.id") + _from(users, _USERS, "u", "id", organization_id)
    return start + sql(
        f" {_next()} ownership o ON o.organization_id = u.organization_id"
        " AND o.owner_ref = u.foreign_id AND o.feed_id = u.feed_id"
        f" {_next()} {_GROUPS} g ON g.organization_id = o.organization_id"
        " AND g.feed_id = o.feed_id AND g.foreign_id = o.subject_ref"
        " WHERE o.subject_kind = %s AND o.owner_kind = %s AND o.relation = %s",
        SUBJECT_KINDS["group"],
        OWNER_KINDS["user"],
        RELATIONS["owner"],
    )


def _in_groups(table: str, kind: str, column: str) -> Relation:
    def members(organization_id: int, groups: Sql) -> Sql:
        """Return the members of one kind of such groups and of the groups within them."""
        start = Sql("SELECT m.feed_id, m.group_ref") + _from(
            groups, _GROUPS, "g", "id", organization_id
        )
        return (
            Sql("WITH RECURSIVE within(feed_id, ref) AS (")
            + start
            + sql(
                f" {_next()} membership m ON m.organization_id = g.organization_id"
                " AND m.group_ref = g.foreign_id AND m.feed_id = g.feed_id"
                f" UNION SELECT m.feed_id, m.member_ref FROM within {_next()} membership m"
                " ON m.organization_id = %s AND m.group_ref = within.ref"
                " AND m.feed_id = within.feed_id WHERE m.member_kind = %s)"
                f" SELECT e.{column} FROM within {_next()} membership m ON m.organization_id = %s"
                " AND m.group_ref = within.ref AND m.feed_id = within.feed_id"
                f" {_next()} {table} e ON e.organization_id = %s AND e.feed_id = m.feed_id"
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
        start = Sql("SELECT m.feed_id, m.group_ref") + _from(
            members, table, "e", column, organization_id
        )
        return (
            Sql("WITH RECURSIVE around(feed_id, ref) AS (")
            + start
            + sql(
                f" {_next()} membership m ON m.organization_id = e.organization_id"
                " AND m.member_ref = e.foreign_id AND m.feed_id = e.feed_id"
                " WHERE m.member_kind = %s"
                f" UNION SELECT m.feed_id, m.group_ref FROM around {_next()} membership m"
                " ON m.organization_id = %s AND m.member_ref = around.ref"
                " AND m.feed_id = around.feed_id WHERE m.member_kind = %s)"
                f" SELECT g.id FROM around {_next()} {_GROUPS} g ON g.organization_id = %s"
                " AND g.feed_id = around.feed_id AND g.foreign_id = around.ref",
                MEMBER_KINDS[kind],
                organization_id,
                MEMBER_KINDS["group"],
                organization_id,
            )
        )

    return groups


def _from(chosen: Sql, table: str, alias: str, column: str, organization_id: int) -> Sql:
    """Return the start of a join that is led by a set of ids, and goes on to their rows."""
    return Sql(f" FROM ({chosen.text}) chosen", chosen.parameters) + sql(
        f" {_next()} {table} {alias} ON {alias}.{column} = chosen.id"
        f" AND {engine.unindexed(f'{alias}.organization_id')} = %s",
        organization_id,
    )


def _next() -> str:
    return dialects.leading_join()


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
_BACK: dict[tuple[str, str], Relation] = {
    ("assets", "owner"): _RELATIONS["users", "asset"],
    ("assets", "user"): _RELATIONS["users", "asset"],
    ("assets", "group"): _RELATIONS["groups", "asset"],
    ("users", "group"): _RELATIONS["groups", "member"],
    ("users", "asset"): _RELATIONS["assets", "user"],
    ("groups", "member"): _RELATIONS["users", "group"],
    ("groups", "asset"): _RELATIONS["assets", "group"],
}
