"""What is related to a thing in another inventory: as a set of ids, or looked up row by row.

Memberships and ownerships hold foreign ids, which are unique within their feed. A group stands
for the groups within it, too; those are found first, since there are few.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from muster.inventory import engine
from muster.inventory.schema import MEMBER_KINDS, OWNER_KINDS, RELATIONS, SUBJECT_KINDS
from muster.inventory.search.compiling import dialects
from muster.inventory.search.compiling.sql import Sql, sql

Relation = Callable[[int, Sql], Sql]
"""From an organization and the ids of one side to the ids of the other."""

_USERS = "inventory_directoryuser"
_GROUPS = "inventory_directorygroup"
_RECORDS = "inventory_assetsource"
_ASSETS = "inventory_asset"
_SERVICES = "inventory_service"
_ANY_RELATION = tuple(sorted(RELATIONS.values()))
_GROUP = MEMBER_KINDS["group"]


@dataclass(frozen=True, slots=True)
class Look:
    """How a row `t` is asked for what is related to it.

    `start` is what stands behind FROM, with its WHERE up to an AND, of a row `{r}` in the table of
    what is related; `%s` is the organization, `{next}` a join that is read in its order,
    `{id}` what makes a reference one that the index of a model finds, `{only}` what keeps a column
    from being looked up. `{by_owner}` and `{by_member}` are ownerships and memberships.
    `looks` is how often an index is looked into.
    """

    start: str
    looks: int

    def up(self, organization_id: int, test: Sql, *, alias: str) -> Sql:
        """Return the test of a row `t`; `test` is one of the related row, named by the alias."""
        start = self.start.format(
            r=alias,
            next=dialects.leading_join(),
            id=dialects.of_model(),
            only=_only(""),
            by_owner=dialects.ownership_by_owner(),
            by_member=dialects.membership_by_member(),
        )
        # The reference leads to the one row, which is then tested; SQLite would rather try each of
        # a set's ids on it.
        number = f"{alias}.id"
        tested = replace(test, text=test.text.replace(f"{number} IN (", f"{_only(number)} IN ("))
        rows = Sql(f"{start} AND ", (organization_id,) * start.count("%s")) + tested
        return dialects.exists(rows, looks=self.looks)


def relation(inventory: str, name: str) -> Relation:
    """Return the relation of that name, seen from an inventory."""
    return _RELATIONS[inventory, name]


def look(inventory: str, name: str) -> Look | None:
    """Return how one row is asked for it; None if that takes longer than to find the set."""
    if inventory == "services":
        return _LOOKS["services", "asset"]
    return _LOOKS.get((inventory, name))


def is_in_groups(inventory: str, name: str) -> bool:
    """True of what is in groups, also through others: such groups are found first."""
    return (inventory, name) in _MEMBERS


def groups_within(organization_id: int, groups: Sql) -> Sql:
    """Return the references of such groups and of all groups within them, with their feeds."""
    is_postgresql = engine.is_postgresql()
    reference = 'g.foreign_id::text COLLATE "C"' if is_postgresql else "g.foreign_id"
    start = Sql(f"SELECT g.feed_id, {reference}") + _from(
        groups, _GROUPS, "g", "id", organization_id
    )
    return (
        Sql("WITH RECURSIVE deeper(feed_id, ref) AS (")
        + start
        # The kind as a number: so it is known that the index of nested groups holds all of them.
        + sql(
            f" UNION SELECT m.feed_id, m.member_ref FROM deeper {_next()} membership m"
            " ON m.organization_id = %s AND m.group_ref = deeper.ref"
            f" AND m.feed_id = deeper.feed_id WHERE m.member_kind = {_GROUP})"
            " SELECT feed_id, ref FROM deeper",
            organization_id,
        )
    )


def members(inventory: str, within: str, organization_id: int) -> Sql:
    """Return the members of a named set of groups, as ids of an inventory."""
    kind, table, column = _MEMBERS[inventory, "group"]
    return sql(
        f"SELECT e.{column} AS id FROM {within} within {_next()} membership m"
        " ON m.organization_id = %s"
        " AND m.group_ref = within.ref AND m.feed_id = within.feed_id"
        f" {_next()} {table} e ON e.organization_id = %s AND e.feed_id = m.feed_id"
        f" AND e.foreign_id = {_id('m.member_ref')} WHERE m.member_kind = {kind}"
        f" AND {dialects.is_set(f'e.{column}', beside='m.feed_id')}",
        organization_id,
        organization_id,
    )


def _owned_by(relations: tuple[int, ...]) -> Relation:
    def assets(organization_id: int, users: Sql) -> Sql:
        """Return the assets that such users own or use."""
        marks = ", ".join(["%s"] * len(relations))
        start = Sql("SELECT s.asset_id AS id") + _from(users, _USERS, "u", "id", organization_id)
        return start + sql(
            f" {_next()} {dialects.ownership_by_owner()} ON o.organization_id = u.organization_id"
            " AND o.owner_ref = u.foreign_id AND o.feed_id = u.feed_id"
            f" {_next()} {_RECORDS} s ON s.organization_id = o.organization_id"
            f" AND s.feed_id = o.feed_id AND s.foreign_id = {_id('o.subject_ref')}"
            " WHERE o.subject_kind = %s AND o.owner_kind = %s"
            f" AND o.relation IN ({marks})"
            f" AND {dialects.is_set('s.asset_id', beside='o.feed_id')}",
            SUBJECT_KINDS["asset"],
            OWNER_KINDS["user"],
            *relations,
        )

    return assets


def _owners_of_assets(organization_id: int, assets: Sql) -> Sql:
    """Return the users that own or use such assets."""
    start = Sql("SELECT u.id AS id") + _from(assets, _RECORDS, "s", "asset_id", organization_id)
    return start + sql(
        f" {_next()} ownership o ON o.organization_id = s.organization_id"
        " AND o.subject_ref = s.foreign_id AND o.feed_id = s.feed_id"
        f" {_next()} {_USERS} u ON u.organization_id = o.organization_id"
        f" AND u.feed_id = o.feed_id AND u.foreign_id = {_id('o.owner_ref')}"
        " WHERE o.subject_kind = %s AND o.owner_kind = %s",
        SUBJECT_KINDS["asset"],
        OWNER_KINDS["user"],
    )


def _groups_owned_by(organization_id: int, users: Sql) -> Sql:
    """Return the groups that such users own."""
    start = Sql("SELECT g.id AS id") + _from(users, _USERS, "u", "id", organization_id)
    return start + sql(
        f" {_next()} {dialects.ownership_by_owner()} ON o.organization_id = u.organization_id"
        " AND o.owner_ref = u.foreign_id AND o.feed_id = u.feed_id"
        f" {_next()} {_GROUPS} g ON g.organization_id = o.organization_id"
        f" AND g.feed_id = o.feed_id AND g.foreign_id = {_id('o.subject_ref')}"
        " WHERE o.subject_kind = %s AND o.owner_kind = %s AND o.relation = %s",
        SUBJECT_KINDS["group"],
        OWNER_KINDS["user"],
        RELATIONS["owner"],
    )


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
                f" {_next()} {dialects.membership_by_member()}"
                " ON m.organization_id = e.organization_id"
                " AND m.member_ref = e.foreign_id AND m.feed_id = e.feed_id"
                " WHERE m.member_kind = %s"
                " UNION SELECT m.feed_id, m.group_ref FROM around"
                f" {_next()} {dialects.membership_by_member()}"
                " ON m.organization_id = %s AND m.member_ref = around.ref"
                " AND m.feed_id = around.feed_id WHERE m.member_kind = %s)"
                f" SELECT g.id AS id FROM around {_next()} {_GROUPS} g ON g.organization_id = %s"
                f" AND g.feed_id = around.feed_id AND g.foreign_id = {_id('around.ref')}",
                MEMBER_KINDS[kind],
                organization_id,
                _GROUP,
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


def _id(reference: str) -> str:
    """Return a reference such that the index of foreign ids finds it."""
    return f"{reference}{dialects.of_model()}"


def _only(column: str) -> str:
    return engine.unindexed(column)


def _next() -> str:
    return dialects.leading_join()


_RELATIONS: dict[tuple[str, str], Relation] = {
    ("assets", "owner"): _owned_by((RELATIONS["owner"],)),
    ("assets", "user"): _owned_by(_ANY_RELATION),
    ("users", "asset"): _owners_of_assets,
    ("groups", "member"): _groups_with(_USERS, "user", "id"),
    ("groups", "asset"): _groups_with(_RECORDS, "device", "asset_id"),
    ("groups", "owner"): _groups_owned_by,
}
_MEMBERS: Mapping[tuple[str, str], tuple[int, str, str]] = {
    ("assets", "group"): (MEMBER_KINDS["device"], _RECORDS, "asset_id"),
    ("users", "group"): (MEMBER_KINDS["user"], _USERS, "id"),
    ("groups", "group"): (_GROUP, _GROUPS, "id"),
}


def _look_for_users(relations: tuple[int, ...]) -> Look:
    numbers = ", ".join(str(each) for each in relations)
    return Look(
        f"{_RECORDS} s {{next}} ownership o ON o.organization_id = s.organization_id"
        " AND o.subject_ref = s.foreign_id AND o.feed_id = s.feed_id"
        f" {{next}} {_USERS} {{r}} ON {{r}}.organization_id = o.organization_id"
        " AND {r}.feed_id = o.feed_id AND {r}.foreign_id = o.owner_ref{id}"
        f" WHERE s.asset_id = t.id AND {{only}}s.organization_id = %s AND o.relation IN ({numbers})"
        f" AND o.subject_kind = {SUBJECT_KINDS['asset']} AND o.owner_kind = {OWNER_KINDS['user']}",
        looks=4,
    )


_LOOKS: Mapping[tuple[str, str], Look] = {
    ("assets", "owner"): _look_for_users((RELATIONS["owner"],)),
    ("assets", "user"): _look_for_users(_ANY_RELATION),
    ("assets", "service"): Look(
        f"{_SERVICES} {{r}} WHERE {{r}}.asset_id = t.id AND {{only}}{{r}}.organization_id = %s",
        looks=2,
    ),
    ("services", "asset"): Look(
        f"{_ASSETS} {{r}} WHERE {{r}}.id = t.asset_id AND {{r}}.organization_id = %s", looks=1
    ),
    ("users", "asset"): Look(
        f"{{by_owner}} {{next}} {_RECORDS} s ON s.organization_id = o.organization_id"
        " AND s.feed_id = o.feed_id AND s.foreign_id = o.subject_ref{id}"
        f" {{next}} {_ASSETS} {{r}} ON {{r}}.id = s.asset_id"
        " WHERE o.organization_id = %s AND o.owner_ref = t.foreign_id AND o.feed_id = t.feed_id"
        f" AND o.subject_kind = {SUBJECT_KINDS['asset']} AND o.owner_kind = {OWNER_KINDS['user']}",
        looks=4,
    ),
    # Of a named set `{r}` of groups.
    ("users", "group"): Look(
        "{by_member} WHERE m.organization_id = %s AND m.member_ref = t.foreign_id"
        f" AND m.feed_id = t.feed_id AND m.member_kind = {MEMBER_KINDS['user']}"
        " AND (m.feed_id, m.group_ref) IN (SELECT feed_id, ref FROM {r})",
        looks=2,
    ),
    ("assets", "group"): Look(
        f"{_RECORDS} s {{next}} {{by_member}} ON m.organization_id = s.organization_id"
        " AND m.member_ref = s.foreign_id AND m.feed_id = s.feed_id"
        " WHERE s.asset_id = t.id AND {only}s.organization_id = %s"
        f" AND m.member_kind = {MEMBER_KINDS['device']}"
        " AND (m.feed_id, m.group_ref) IN (SELECT feed_id, ref FROM {r})",
        looks=3,
    ),
}
