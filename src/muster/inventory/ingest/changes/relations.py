"""Since when relations are there, those that ended, and of whom the history tells it.

A relation keeps the revision that it came with, so what came costs no row; what ended is moved to
a table of its own. Only the groups, and the devices whose owners changed, get a row, at the end
of the run. See docs/decisions/0016-history-by-revision.md.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from muster.core.records import Collection
from muster.inventory import engine, schema
from muster.inventory.history.rows import Rows, stamp, write
from muster.inventory.history.telling import Event, LinkCount, Subject, Told
from muster.inventory.ingest.changes.freshness import NewThings
from muster.inventory.models import Revision

if TYPE_CHECKING:
    from muster.inventory.ingest.context import RunContext


@dataclass(frozen=True, slots=True)
class _Ended:
    """Where relations of one table are kept when they ended: their columns and key."""

    columns: str
    key: str

    @property
    def table_columns(self) -> str:
        return f"organization_id, {self.columns}, feed_id, since_id, until_id"


_ENDED = {
    "membership": _Ended("group_ref, member_ref, member_kind", "group_ref, member_ref"),
    "ownership": _Ended(
        "subject_ref, owner_ref, relation, subject_kind, owner_kind",
        "subject_ref, relation, owner_ref",
    ),
}


@dataclass(frozen=True, slots=True)
class _Kind:
    """One relation that is told of a subject: how its ends are called, and which rows are it."""

    subject: Subject
    relation: str
    table: str
    ref: str
    where: str
    things: str


_KINDS = (
    _Kind(Subject.GROUP, "member", "membership", "group_ref", "1 = 1", "inventory_directorygroup"),
    *(
        _Kind(
            subject,
            relation,
            "ownership",
            "subject_ref",
            f"subject_kind = {schema.SUBJECT_KINDS[kind]}"
            f" AND relation = {schema.RELATIONS[relation]}",
            things,
        )
        for subject, kind, relation, things in (
            (Subject.RECORD, "asset", "owner", "inventory_assetsource"),
            (Subject.RECORD, "asset", "user", "inventory_assetsource"),
            (Subject.GROUP, "group", "owner", "inventory_directorygroup"),
        )
    ),
)


def since(context: "RunContext", collection: Collection) -> int:
    """Return since when relations that are written now are there: 0 for the first of a feed.

    They are not new then, only read for the first time.
    """
    known = context.revision.since
    if collection not in known:
        found = engine.rows(
            "SELECT complete_at FROM inventory_collectionsync WHERE organization_id = %s"
            " AND feed_id = %s AND collection = %s AND complete_at IS NOT NULL",
            (context.organization_id, context.feed_id, str(collection)),
        )
        known[collection] = _open(context) if found else 0
    return known[collection]


def end(context: "RunContext", table: str, where: str, parameters: Sequence[object]) -> int:
    """Remove those of the feed's relations that a condition chooses, and keep until when they were.

    Returns how many.
    """
    ended = _ENDED[table]
    chosen = f"organization_id = %s AND feed_id = %s AND {where}"
    bound = (context.organization_id, context.feed_id, *parameters)
    if not engine.rows(f"SELECT 1 FROM {table} WHERE {chosen} LIMIT 1", bound):
        return 0
    engine.execute(
        f"INSERT INTO {table}_gone ({ended.table_columns})"
        f" SELECT organization_id, {ended.columns}, feed_id, since_id, %s FROM {table}"
        f" WHERE {chosen} ON CONFLICT (organization_id, {ended.key}, feed_id, until_id) DO NOTHING",
        (_open(context), *bound),
    )
    return engine.execute(f"DELETE FROM {table} WHERE {chosen}", bound)


def settle(context: "RunContext") -> None:
    """Tell of whose relations came or went, in this run and in those that were killed before."""
    revisions = list(
        Revision.objects.filter(
            organization_id=context.organization_id, feed_id=context.feed_id, is_open=True
        )
    )
    for each in revisions:
        rows: Rows = {}
        for kind in _KINDS:
            _tell(context, each.pk, kind, rows)
        write(context, rows, revision=each.pk)
        groups = [number for subject, number in rows if subject is Subject.GROUP]
        stamp(context, Subject.GROUP, groups, at=each.at)
        records = [number for subject, number in rows if subject is Subject.RECORD]
        stamp(context, Subject.ASSET, _assets(context, records), at=each.at)
    if revisions:
        Revision.objects.filter(
            organization_id=context.organization_id, pk__in=[each.pk for each in revisions]
        ).update(is_open=False)


def _open(context: "RunContext") -> int:
    number = context.revision.number(context)
    Revision.objects.filter(
        organization_id=context.organization_id, pk=number, is_open=False
    ).update(is_open=True)
    return number


def _tell(context: "RunContext", revision: int, kind: _Kind, rows: Rows) -> None:
    """Add how many relations of one kind came and went, by the thing that had them before."""
    came = _counted(context, kind, kind.table, "since_id", revision)
    went = _counted(context, kind, f"{kind.table}_gone", "until_id", revision)
    things = _things(context, kind, came.keys() | went.keys())
    fresh = NewThings(context, revision, kind.subject)
    for ref, number, owner in things:
        if owner not in fresh:
            told = rows.setdefault((kind.subject, number), Told())
            count = LinkCount(kind.relation, came.get(ref, 0), went.get(ref, 0))
            told.add(Event.LINKS).links.append(count)


def _counted(
    context: "RunContext", kind: _Kind, table: str, column: str, revision: int
) -> dict[str, int]:
    found = engine.rows(
        f"SELECT {kind.ref}, COUNT(*) FROM {table} WHERE organization_id = %s AND feed_id = %s"
        f" AND {column} = %s AND {kind.where} GROUP BY {kind.ref}",
        (context.organization_id, context.feed_id, revision),
    )
    return dict(found)


def _things(context: "RunContext", kind: _Kind, refs: Iterable[str]) -> list[Any]:
    """Return the foreign ids and numbers of things, each with whose number says if it is new."""
    owner = "asset_id" if kind.subject is Subject.RECORD else "id"
    return engine.rows(
        f"SELECT foreign_id, id, {owner} FROM {kind.things} WHERE organization_id = %s"
        f" AND feed_id = %s AND {owner} IS NOT NULL AND {engine.among('foreign_id')}",
        (context.organization_id, context.feed_id, engine.listed(refs)),
    )


def _assets(context: "RunContext", records: Iterable[int]) -> list[int]:
    found = engine.rows(
        "SELECT asset_id FROM inventory_assetsource"
        f" WHERE {engine.unindexed('organization_id')} = %s AND {engine.among('id')}",
        (context.organization_id, engine.listed(records)),
    )
    return [row[0] for row in found if row[0] is not None]
