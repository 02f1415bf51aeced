"""Writing the rows of the history: set by set, and twice in a run is one row."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import TYPE_CHECKING

from muster.inventory import engine
from muster.inventory.history.telling import Subject, Told, encode
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
    engine.insert("history", _COLUMNS, values, update=_AGAIN)
    engine.insert(
        "history_key",
        ("organization_id", "key_id", "owner_id", "revision_id"),
        sorted(set(keys)),
        update=_LATEST,
    )


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
