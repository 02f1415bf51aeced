"""Writing the rows of the history: set by set, and twice in a run is one row."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import TYPE_CHECKING

from muster.inventory import engine
from muster.inventory.history.telling import (
    Event,
    Subject,
    Told,
    encode,
    is_undone,
    without_changes,
)
from muster.inventory.models.feeds import Inventory

if TYPE_CHECKING:
    from muster.inventory.ingest.context import RunContext

Rows = dict[tuple[Subject, int], Told]
"""What is told, by subject and the number of the thing."""

INVENTORIES = {
    Subject.ASSET: Inventory.ASSETS,
    Subject.RECORD: Inventory.ASSETS,
    Subject.USER: Inventory.USERS,
    Subject.GROUP: Inventory.GROUPS,
}
THINGS = {
    Subject.ASSET: "inventory_asset",
    Subject.USER: "inventory_directoryuser",
    Subject.GROUP: "inventory_directorygroup",
}
RELATIONS = {Subject.RECORD: ("owner", "user"), Subject.GROUP: ("member", "owner")}
"""What comes and goes between things, by the subject that tells of it."""

_COLUMNS = ("organization_id", "subject", "owner_id", "revision_id", "events", "body")
_AGAIN = (
    "(organization_id, subject, owner_id, revision_id) DO UPDATE"
    " SET events = history.events | excluded.events,"
    " body = history.body || '\n' || excluded.body"
)
_ROW = "organization_id = %s AND subject = %s AND owner_id = %s AND revision_id = %s"
_LATEST = "(organization_id, key_id, owner_id) DO UPDATE SET revision_id = excluded.revision_id"


def write(context: "RunContext", rows: Rows, *, revision: int | None = None) -> None:
    """Write what is told, under the revision of the run if none is given."""
    if not rows:
        return
    organization = context.organization_id
    number = context.revision.number(context) if revision is None else revision
    numbers = _attribute_numbers(context, rows)
    values, keys = [], []
    for (subject, owner), told in sorted(rows.items()):
        names = numbers[INVENTORIES[subject]]
        body = encode(told, names)
        values.append((organization, int(subject), owner, number, int(told.events), body))
        keys += [(organization, names[each], owner, number) for each in _names(subject, told)]
    before = _told_before(context, number, rows)
    engine.insert("history", _COLUMNS, values, update=_AGAIN, adds=True)
    _take_back(context, number, before, values)
    engine.insert(
        "history_key",
        ("organization_id", "key_id", "owner_id", "revision_id"),
        sorted(set(keys)),
        update=_LATEST,
    )


def _told_before(context: "RunContext", revision: int, rows: Rows) -> dict[tuple[int, int], str]:
    """Return the bodies of what was told of these things already, if anything may take it back."""
    changed = {owner for (_, owner), told in rows.items() if Event.CHANGED in told.events}
    if not changed:
        return {}
    found = engine.rows(
        "SELECT subject, owner_id, body FROM history WHERE organization_id = %s"
        f" AND revision_id = %s AND {engine.among('owner_id')}",
        (context.organization_id, revision, engine.listed(sorted(changed))),
    )
    return {(subject, owner): body for subject, owner, body in found}


def _take_back(
    context: "RunContext",
    revision: int,
    before: Mapping[tuple[int, int], str],
    values: Iterable[tuple[int, int, int, int, int, str]],
) -> None:
    """Tell no longer of changes that a later batch of the revision has undone."""
    for _, subject, owner, _, _, body in values:
        whole = f"{before.get((subject, owner), '')}\n{body}"
        if (subject, owner) not in before or not is_undone(whole):
            continue
        key = (context.organization_id, subject, owner, revision)
        engine.execute(
            f"UPDATE history SET events = events - (events & {int(Event.CHANGED)}), body = %s"
            f" WHERE {_ROW}",
            (without_changes(whole), *key),
        )
        engine.execute(f"DELETE FROM history WHERE {_ROW} AND events = 0", key)


def write_new(context: "RunContext", subject: Subject, numbers: Iterable[int]) -> None:
    """Write that things are new: a row for each run of neighbouring numbers."""
    spans = list(_spans(numbers))
    if spans:
        revision = context.revision.number(context)
        engine.insert(
            "history_new",
            ("organization_id", "subject", "first_id", "last_id", "revision_id"),
            [(context.organization_id, int(subject), *span, revision) for span in spans],
        )


def stamp(context: "RunContext", subject: Subject, numbers: Iterable[int], *, at: int) -> None:
    """Say of things when they last changed, by which they are searched."""
    wanted = sorted(set(numbers))
    if wanted:
        engine.execute(
            f"UPDATE {THINGS[subject]} SET changed_at = %s WHERE"
            f" {engine.unindexed('organization_id')} = %s AND {engine.among('id')}"
            " AND (changed_at IS NULL OR changed_at < %s)",
            (at, context.organization_id, engine.listed(wanted), at),
        )


def _names(subject: Subject, told: Told) -> Iterator[str]:
    for change in told.changes:
        yield change.attribute
    for link in told.links:
        yield link_key(subject, link.relation)


def link_key(subject: Subject, relation: str) -> str:
    """Return the key under which changes of a relation are searched: `_group.member`."""
    return f"_group.{relation}" if subject is Subject.GROUP else f"_asset.{relation}"


def _attribute_numbers(context: "RunContext", rows: Rows) -> Mapping[Inventory, Mapping[str, int]]:
    wanted: dict[Inventory, set[str]] = {}
    for (subject, _), told in rows.items():
        wanted.setdefault(INVENTORIES[subject], set()).update(_names(subject, told))
    return {
        inventory: context.keys.numbers(inventory, names) for inventory, names in wanted.items()
    }


def _spans(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    ordered = enumerate(sorted(set(numbers)))
    for _, group in groupby(ordered, key=lambda each: each[1] - each[0]):
        members = [number for _, number in group]
        yield members[0], members[-1]
