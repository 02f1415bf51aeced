"""One entry of a history as people and programs read it, from the row that is kept."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from muster.inventory import engine
from muster.inventory.history.telling import (
    Change,
    Event,
    Move,
    Subject,
    Told,
    attribute_numbers,
    decode,
)
from muster.inventory.models import Revision
from muster.inventory.selectors.instants import instant
from muster.inventory.selectors.source_names import source_name
from muster.organizations.scope import Scope
from muster.query.shown import shown_key


@dataclass(frozen=True, slots=True)
class MoveDetail:
    """A record that came from one asset to another; each is given by its id and name.

    `origin` is "" where it had none, a target "" where it has none any more. `rule` and `key`
    are the reason of the match.
    """

    record: str
    origin: str
    origin_name: str
    target: str
    target_name: str
    rule: str
    key: str


@dataclass(frozen=True, slots=True)
class LinkDetail:
    """How many of a relation came and went, and the names of the first of them."""

    relation: str
    came: int
    went: int
    came_names: tuple[str, ...] = ()
    went_names: tuple[str, ...] = ()


@dataclass(slots=True)
class HistoryEntry:
    """What one run, or one act of a person, changed of one thing.

    `events` are words: `new`, `changed`, `gone`, `back`, `joined`, `moved`, `left`, `links`.
    `source` and `instance` are the feed, `run_id` the run in it; for an act they are empty, and
    `act` is what `made_by` did. `record` is the record of an asset that this is about, "" if it
    is about the thing as a whole.
    """

    at: datetime | None
    events: list[str]
    source: str
    instance: str
    run_id: int
    act: str
    made_by: str
    note: str
    record: str = ""
    changes: list[Change] = field(default_factory=list)
    moves: list[MoveDetail] = field(default_factory=list)
    links: list[LinkDetail] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Kept:
    """One row of the history; `body` is yet to be read."""

    subject: Subject
    owner: int
    revision: int
    events: int
    body: str


Names = Mapping[int, tuple[str, str]]
"""Ids and names of things, by their numbers."""


class Teller:
    """Makes entries of rows: looks up whatever they name, once for all of them."""

    def __init__(self, scope: Scope, rows: Sequence[Kept], revisions: Iterable[int] = ()) -> None:
        """Read what the rows need, and these revisions besides."""
        self._scope = scope
        numbers = attribute_numbers(each.body for each in rows)
        self._attributes = _attribute_names(scope, numbers)
        self.told = [decode(each.events, each.body, self._attributes) for each in rows]
        self.revisions = _revisions(scope, {*revisions, *(each.revision for each in rows)})
        self._records = record_names(
            scope, [each.owner for each in rows if each.subject is Subject.RECORD]
        )
        moves = [move for told in self.told for move in told.moves]
        self._assets = asset_names(
            scope, {each for move in moves for each in (move.origin, move.target) if each}
        )

    def entry(self, kept: Kept, told: Told, links: Sequence[LinkDetail] = ()) -> HistoryEntry:
        """Return the entry of a row."""
        record = self._records.get(kept.owner, "") if kept.subject is Subject.RECORD else ""
        entry = self.blank(kept.revision, words(told.events))
        entry.record = record
        entry.changes = told.changes
        entry.moves = [self._move(each, record) for each in told.moves]
        entry.links = list(links) or [
            LinkDetail(each.relation, each.came, each.went) for each in told.links
        ]
        return entry

    def blank(self, revision: int, events: list[str]) -> HistoryEntry:
        """Return an entry that tells who, when and what kind, and no more."""
        made = self.revisions.get(revision)
        feed = made.feed if made is not None else None
        return HistoryEntry(
            at=instant(made.at) if made else None,
            events=events,
            source=feed.source if feed else "",
            instance=feed.instance if feed else "",
            run_id=made.run_id if made else 0,
            act=made.act if made else "",
            made_by=made.made_by if made else "",
            note=made.note if made else "",
        )

    def _move(self, move: Move, record: str) -> MoveDetail:
        origin = self._assets.get(move.origin or 0, ("", ""))
        target = self._assets.get(move.target or 0, ("", ""))
        named = f"{source_name(move.source_id)} {move.foreign_id}" if move.source_id else record
        return MoveDetail(named, *origin, *target, move.rule, move.key)


def words(events: Event) -> list[str]:
    """Return events as people call them."""
    return [str(each.name).casefold() for each in events]


def asset_names(scope: Scope, numbers: Iterable[int]) -> Names:
    """Return ids and names of assets, also of those that went up in others."""
    parameters = (scope.organization_id, engine.listed(sorted(numbers)))
    found = engine.rows(
        "SELECT asset_id, uid, name FROM history_absorbed"
        f" WHERE organization_id = %s AND {engine.among('asset_id')}",
        parameters,
    )
    found += engine.rows(
        f"SELECT id, uid, name FROM inventory_asset WHERE"
        f" +organization_id = %s AND {engine.among('id')}",
        parameters,
    )
    return {number: (str(UUID(str(uid))), name) for number, uid, name in found}


def record_names(scope: Scope, numbers: Iterable[int]) -> dict[int, str]:
    """Return records as people name them: `azuread 8a1c…`."""
    found = engine.rows(
        "SELECT s.id, s.source_id, s.foreign_id FROM inventory_assetsource s WHERE"
        f" +s.organization_id = %s AND {engine.among('s.id')}",
        (scope.organization_id, engine.listed(sorted(numbers))),
    )
    return {number: f"{source_name(source)} {foreign_id}" for number, source, foreign_id in found}


def _attribute_names(scope: Scope, numbers: Iterable[int]) -> dict[int, str]:
    found: list[Any] = engine.rows(
        "SELECT id, name FROM inventory_attributekey WHERE organization_id = %s"
        f" AND {engine.among('id')}",
        (scope.organization_id, engine.listed(sorted(numbers))),
    )
    return {number: shown_key(name) for number, name in found}


def _revisions(scope: Scope, numbers: Iterable[int]) -> dict[int, Revision]:
    found = Revision.objects.filter(organization=scope.organization, pk__in=list(numbers))
    return {each.pk: each for each in found.select_related("feed")}
