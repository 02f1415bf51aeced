"""Taking memberships and ownerships: facts between foreign ids, whatever comes first.

They are kept by the ids that the directory uses, so neither order nor a collection that failed
can lose one; who belongs through nested groups follows when it is asked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from muster.core.records import AnyRecord, Collection, MembershipRecord, OwnershipRecord
from muster.inventory import engine, schema
from muster.inventory.attributes import clean
from muster.inventory.ingest.changes import relations
from muster.inventory.ingest.context import RunContext


@dataclass(frozen=True, slots=True)
class Relation:
    """Where one kind of relation is kept: its table, the columns of its ends, what is counted."""

    table: str
    subject: str
    other: str
    statistic: str


MEMBERSHIPS = Relation("membership", "group_ref", "member_ref", "memberships_gone")
OWNERSHIPS = Relation("ownership", "subject_ref", "owner_ref", "ownerships_gone")


@dataclass(frozen=True, slots=True)
class End:
    """One end of a relation, at which things of one kind are: the column, and how to tell them."""

    table: str
    column: str
    is_kind: str = ""


_MEMBER = "AND member_kind = {}"
_SUBJECT = "AND subject_kind = {}"
OF_USERS = (
    End("membership", "member_ref", _MEMBER.format(schema.MEMBER_KINDS["user"])),
    End("ownership", "owner_ref", f"AND owner_kind = {schema.OWNER_KINDS['user']}"),
)
OF_GROUPS = (
    End("membership", "group_ref"),
    End("membership", "member_ref", _MEMBER.format(schema.MEMBER_KINDS["group"])),
    End("ownership", "subject_ref", _SUBJECT.format(schema.SUBJECT_KINDS["group"])),
)
OF_ASSETS = (
    End("membership", "member_ref", _MEMBER.format(schema.MEMBER_KINDS["device"])),
    End("ownership", "subject_ref", _SUBJECT.format(schema.SUBJECT_KINDS["asset"])),
)

_SEEN = "DO UPDATE SET run_id = excluded.run_id"
_COUNT_USERS = (
    "UPDATE inventory_directorygroup SET user_count = counted.users FROM ("
    " SELECT g.id, COUNT(m.member_ref) AS users FROM inventory_directorygroup g"
    " LEFT JOIN membership m ON m.organization_id = g.organization_id"
    " AND m.group_ref = g.foreign_id AND m.feed_id = g.feed_id AND m.member_kind = 1"
    " WHERE g.organization_id = %s AND g.feed_id = %s GROUP BY g.id) AS counted"
    " WHERE inventory_directorygroup.id = counted.id"
    " AND inventory_directorygroup.user_count <> counted.users"
)
# Which members are known to be something else than the user they were taken for.
_KNOWN_KINDS = (
    (schema.MEMBER_KINDS["group"], "inventory_directorygroup"),
    (schema.MEMBER_KINDS["device"], "inventory_assetsource"),
)


def take_memberships(context: RunContext, records: Sequence[AnyRecord]) -> None:
    """Write a batch of memberships."""
    since = relations.since(context, Collection.MEMBERSHIPS)
    rows = {
        (each.group_id, each.member_id): (
            context.organization_id,
            clean(each.group_id),
            clean(each.member_id),
            schema.MEMBER_KINDS.get(each.member_kind, 0),
            context.feed_id,
            context.run_id,
            since,
        )
        for each in records
        if isinstance(each, MembershipRecord)
    }
    context.statistics.add("memberships", len(rows))
    engine.insert(
        "membership",
        (
            *("organization_id", "group_ref", "member_ref", "member_kind", "feed_id", "run_id"),
            "since_id",
        ),
        list(rows.values()),
        update=f"(organization_id, group_ref, member_ref, feed_id) {_SEEN},"
        " member_kind = excluded.member_kind",
    )


def take_ownerships(context: RunContext, records: Sequence[AnyRecord]) -> None:
    """Write a batch of ownerships of devices and groups."""
    since = relations.since(context, Collection.OWNERSHIPS)
    rows = {
        (each.subject_id, each.relation, each.owner_id): (
            context.organization_id,
            clean(each.subject_id),
            clean(each.owner_id),
            schema.RELATIONS.get(each.relation, 1),
            schema.SUBJECT_KINDS.get(each.subject_kind, 1),
            schema.OWNER_KINDS.get(each.owner_kind, 0),
            context.feed_id,
            context.run_id,
            since,
        )
        for each in records
        if isinstance(each, OwnershipRecord)
    }
    context.statistics.add("ownerships", len(rows))
    engine.insert(
        "ownership",
        (
            "organization_id",
            "subject_ref",
            "owner_ref",
            "relation",
            "subject_kind",
            "owner_kind",
            "feed_id",
            "run_id",
            "since_id",
        ),
        list(rows.values()),
        update=f"(organization_id, subject_ref, relation, owner_ref, feed_id) {_SEEN}",
    )


def sweep_memberships(context: RunContext) -> None:
    """Remove memberships that a complete run no longer saw."""
    context.statistics.add("memberships_gone", _sweep(context, "membership"))


def remove_pairs(context: RunContext, relation: Relation, pairs: Sequence[tuple[str, str]]) -> None:
    """Remove the relations between these subjects and others."""
    by_subject: dict[str, list[str]] = {}
    for subject, other in pairs:
        by_subject.setdefault(subject, []).append(other)
    gone = sum(
        relations.end(
            context,
            relation.table,
            f"{relation.subject} = %s AND {engine.among(relation.other)}",
            (subject, engine.listed(others)),
        )
        for subject, others in by_subject.items()
    )
    context.statistics.add(relation.statistic, gone)


def remove_others(
    context: RunContext, relation: Relation, column: str, foreign_ids: Sequence[str]
) -> None:
    """Remove the relations of these objects, at one end, that this run did not tell."""
    if not foreign_ids:
        return
    gone = relations.end(
        context,
        relation.table,
        f"run_id <> %s AND {engine.among(column)}",
        (context.run_id, engine.listed(foreign_ids)),
    )
    context.statistics.add(relation.statistic, gone)


def settle_memberships(context: RunContext) -> None:
    """Say of each member what it is, and count the users of groups anew.

    Some servers leave a member's type out where only its id was asked for; it is then taken for
    a user until a group or device of that id is known.
    """
    for kind, table in _KNOWN_KINDS:
        engine.execute(
            f"UPDATE membership SET member_kind = {kind} WHERE organization_id = %s"
            f" AND feed_id = %s AND member_kind = {schema.MEMBER_KINDS['user']} AND member_ref IN"
            f" (SELECT foreign_id FROM {table} WHERE organization_id = %s AND feed_id = %s)",
            (context.organization_id, context.feed_id) * 2,
        )
    engine.execute(_COUNT_USERS, (context.organization_id, context.feed_id))


def delete(context: RunContext, feed: int, ends: Sequence[End], foreign_ids: Sequence[str]) -> None:
    """Delete every relation of things that are removed for good; groups count their users anew."""
    for end in ends:
        where = (
            f"organization_id = %s AND feed_id = %s AND {engine.among(end.column)} {end.is_kind}"
        )
        values = (context.organization_id, feed, engine.listed(foreign_ids))
        groups: list[Any] = []
        if end in OF_USERS and end.table == "membership":
            groups = engine.rows(f"SELECT DISTINCT group_ref FROM membership WHERE {where}", values)
        engine.execute(f"DELETE FROM {end.table} WHERE {where}", values)
        _recount(context, feed, [row[0] for row in groups])


def _recount(context: RunContext, feed: int, groups: Sequence[str]) -> None:
    if groups:
        engine.execute(
            "UPDATE inventory_directorygroup SET user_count = (SELECT COUNT(*) FROM membership m"
            " WHERE m.organization_id = %s AND m.feed_id = %s AND m.member_kind = 1"
            " AND m.group_ref = inventory_directorygroup.foreign_id)"
            f" WHERE organization_id = %s AND feed_id = %s AND {engine.among('foreign_id')}",
            (context.organization_id, feed, context.organization_id, feed, engine.listed(groups)),
        )


def sweep_ownerships(context: RunContext) -> None:
    """Remove ownerships that a complete run no longer saw."""
    context.statistics.add("ownerships_gone", _sweep(context, "ownership"))


def _sweep(context: RunContext, table: str) -> int:
    return relations.end(context, table, "run_id <> %s", (context.run_id,))
