"""Taking users and groups of a directory. Nothing correlates them: their ids are their own."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

from muster.core.records import AnyRecord, GroupRecord, UserRecord
from muster.inventory import engine, history
from muster.inventory.attributes import Pair, clean, group_pairs, user_pairs
from muster.inventory.history import Subject
from muster.inventory.ingest import attribute_rows, bodies, known, links
from muster.inventory.ingest.attribute_rows import PairChanges
from muster.inventory.ingest.changes import entries
from muster.inventory.ingest.context import RunContext
from muster.inventory.ingest.known import Stored
from muster.inventory.models.feeds import Inventory

_LONGEST = 400


@dataclass(frozen=True, slots=True)
class Kind:
    """Where one kind of entry is kept, and how it is written."""

    inventory: Inventory
    table: str
    records: str
    statistics: str
    ends: Sequence[links.End]
    columns: tuple[str, ...]
    values: Callable[[Any], tuple[object, ...]]
    pairs: Callable[[Any], list[Pair]]


def _user_values(record: UserRecord) -> tuple[object, ...]:
    last_logon = int(record.last_logon_at.timestamp()) if record.last_logon_at else None
    texts = (record.name, record.display_name, record.email, record.title, record.department)
    return (*(clean(text, limit=_LONGEST) for text in texts), record.is_active, last_logon)


def _group_values(record: GroupRecord) -> tuple[object, ...]:
    texts = (record.name, record.display_name, record.email)
    return (*(clean(text, limit=_LONGEST) for text in texts), clean(record.description, limit=9999))


USERS = Kind(
    inventory=Inventory.USERS,
    table="inventory_directoryuser",
    records="directory_user_record",
    statistics="users",
    ends=links.OF_USERS,
    columns=("name", "display_name", "email", "title", "department", "is_active", "last_logon"),
    values=_user_values,
    pairs=user_pairs,
)
GROUPS = Kind(
    inventory=Inventory.GROUPS,
    table="inventory_directorygroup",
    records="directory_group_record",
    statistics="groups",
    ends=links.OF_GROUPS,
    columns=("name", "display_name", "email", "description"),
    values=_group_values,
    pairs=group_pairs,
)


def take_users(context: RunContext, records: Sequence[AnyRecord]) -> None:
    """Write a batch of users."""
    _take(context, USERS, [each for each in records if isinstance(each, UserRecord)])


def take_groups(context: RunContext, records: Sequence[AnyRecord]) -> None:
    """Write a batch of groups."""
    _take(context, GROUPS, [each for each in records if isinstance(each, GroupRecord)])


def sweep_users(context: RunContext) -> None:
    """Mark users as gone that a complete run no longer saw."""
    _sweep(context, USERS)


def sweep_groups(context: RunContext) -> None:
    """Mark groups as gone that a complete run no longer saw."""
    _sweep(context, GROUPS)


def remove(context: RunContext, kind: Kind, foreign_ids: Sequence[str]) -> None:
    """Mark users or groups as gone of which their source says so."""
    found = engine.rows(
        f"SELECT id FROM {kind.table} WHERE organization_id = %s AND feed_id = %s"
        f" AND gone_at IS NULL AND {engine.among('foreign_id')}",
        (context.organization_id, context.feed_id, engine.listed(foreign_ids)),
    )
    _mark_gone(context, kind, [row[0] for row in found])


def delete(context: RunContext, kind: Kind, numbers: Sequence[int]) -> None:
    """Remove users or groups for good, with all that makes them found and every relation of theirs.

    Groups count their users anew.
    """
    found = engine.rows(
        f"SELECT feed_id, foreign_id FROM {kind.table}"
        f" WHERE organization_id = %s AND {engine.among('id')} ORDER BY feed_id",
        (context.organization_id, engine.listed(numbers)),
    )
    for feed, rows in groupby(found, key=itemgetter(0)):
        links.delete(context, feed, kind.ends, [row[1] for row in rows])
    before = bodies.read(kind.records, numbers)
    changes = PairChanges()
    for number, record in before.items():
        changes.change(number, before=set(kind.pairs(record)), after=set())
    attribute_rows.write(context, kind.inventory, changes)
    subject = Subject.USER if kind is USERS else Subject.GROUP
    history.forget(context, subject, numbers)
    bodies.delete(kind.records, numbers)
    engine.execute(
        f"DELETE FROM {kind.table} WHERE organization_id = %s AND {engine.among('id')}",
        (context.organization_id, engine.listed(numbers)),
    )


def _take(context: RunContext, kind: Kind, records: Sequence[Any]) -> None:
    stored = known.compare(context, kind.table, records)
    fresh = [each for each in stored if each.number is None]
    changed = {each.number: each for each in stored if each.number and each.is_changed}
    before = bodies.read(kind.records, changed)
    numbers = engine.allocate(kind.table, len(fresh))
    new = dict(zip(numbers, fresh, strict=True))
    _touch(context, kind, [each.number for each in stored if each.number])
    _insert(context, kind, new)
    _update(context, kind, changed)
    written = {**new, **changed}
    texts = {number: each.body for number, each in written.items()}
    bodies.write(kind.records, texts, is_clear=not changed)
    _write_pairs(context, kind, before, written)
    entries.note(context, kind.inventory, stored, new=new, before=before)
    context.statistics.add(f"{kind.statistics}_new", len(new))
    context.statistics.add(f"{kind.statistics}_changed", len(changed))
    context.statistics.add(f"{kind.statistics}_unchanged", len(stored) - len(written))


def _touch(context: RunContext, kind: Kind, numbers: Sequence[int | None]) -> None:
    engine.execute(
        f"UPDATE {kind.table} SET last_seen = CASE WHEN last_seen < %s THEN %s ELSE last_seen END,"
        f" run_id = %s, gone_at = NULL WHERE {engine.among('id')}",
        (context.at, context.at, context.run_id, engine.listed(each for each in numbers if each)),
    )


def _insert(context: RunContext, kind: Kind, new: Mapping[int, Stored[Any]]) -> None:
    identity = ("id", "organization_id", "feed_id", "uid", "source_id", "foreign_id", "digest")
    times = ("first_seen", "last_seen", "updated_at", "run_id")
    counted = ("user_count",) if kind is GROUPS else ()
    values = [
        (
            *(number, context.organization_id, context.feed_id, uid, context.source_id),
            *(each.record.id, each.digest),
            *(context.at, context.at, context.at, context.run_id),
            *kind.values(each.record),
            *((0,) if kind is GROUPS else ()),
        )
        for (number, each), uid in zip(new.items(), engine.new_uids(len(new)), strict=True)
    ]
    engine.insert(kind.table, (*identity, *times, *kind.columns, *counted), values)


def _update(context: RunContext, kind: Kind, changed: Mapping[int, Stored[Any]]) -> None:
    values = [
        (number, each.digest, context.at, *kind.values(each.record))
        for number, each in changed.items()
    ]
    engine.update(kind.table, ("digest", "updated_at", *kind.columns), values)


def _write_pairs(
    context: RunContext, kind: Kind, before: Mapping[int, Any], written: Mapping[int, Stored[Any]]
) -> None:
    changes = PairChanges()
    for number, each in written.items():
        pairs = kind.pairs(each.record)
        if number in before:
            changes.change(number, before=set(kind.pairs(before[number])), after=set(pairs))
        else:
            changes.add(number, pairs)
    attribute_rows.write(context, kind.inventory, changes)


def _sweep(context: RunContext, kind: Kind) -> None:
    unseen = engine.rows(
        f"SELECT id FROM {kind.table} WHERE organization_id = %s AND feed_id = %s"
        " AND run_id <> %s AND gone_at IS NULL",
        (context.organization_id, context.feed_id, context.run_id),
    )
    is_deselected = kind.statistics in context.changed
    _mark_gone(context, kind, [row[0] for row in unseen], is_deselected=is_deselected)


def _mark_gone(
    context: RunContext, kind: Kind, numbers: Sequence[int], *, is_deselected: bool = False
) -> None:
    engine.execute(
        f"UPDATE {kind.table} SET gone_at = %s, is_deselected = %s"
        f" WHERE {engine.unindexed('organization_id')} = %s AND {engine.among('id')}",
        (context.at, is_deselected, context.organization_id, engine.listed(numbers)),
    )
    entries.note_gone(context, kind.inventory, numbers)
    word = "deselected" if is_deselected else "gone"
    context.statistics.add(f"{kind.statistics}_{word}", len(numbers))
