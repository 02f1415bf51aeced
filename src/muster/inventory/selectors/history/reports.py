"""What one run changed: how much of what, and page by page which things and how."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from muster.core.errors import ConfigError
from muster.inventory import engine
from muster.inventory.history.telling import Event, Subject
from muster.inventory.models import Revision
from muster.inventory.selectors.history.entries import (
    HistoryEntry,
    Kept,
    Names,
    Teller,
    asset_names,
)
from muster.organizations.scope import Scope

LARGEST_PAGE = 1000
REPORTED: Mapping[str, Event] = {
    "changed": Event.CHANGED,
    "gone": Event.GONE,
    "back": Event.BACK,
    "joined": Event.JOINED,
    "moved": Event.MOVED | Event.LEFT,
    "links": Event.LINKS,
}
"""What a run can have done to things that were there, by the word for it. `new` is apart."""

_SUBJECTS = {"assets": Subject.ASSET, "users": Subject.USER, "groups": Subject.GROUP}
_TABLES = {"users": "inventory_directoryuser", "groups": "inventory_directorygroup"}
# What is told of a record counts for the asset that it is of now, and of an asset that went up in
# another for that; a record that is no longer kept stands for itself.
_TOLD = {
    "assets": (
        "SELECT CASE WHEN h.subject = 5 THEN COALESCE(s.asset_id, -h.owner_id)"
        " ELSE COALESCE(a.into_id, h.owner_id) END AS thing,"
        " h.subject, h.owner_id, h.revision_id, h.events, h.body FROM history h"
        " LEFT JOIN inventory_assetsource s ON h.subject = 5 AND s.id = h.owner_id"
        " AND s.organization_id = h.organization_id"
        " LEFT JOIN history_absorbed a ON h.subject = 1 AND a.asset_id = h.owner_id"
        " AND a.organization_id = h.organization_id"
        " WHERE h.organization_id = %s AND h.subject IN (1, 5) AND {revisions}"
    ),
    "users": (
        "SELECT h.owner_id AS thing, h.subject, h.owner_id, h.revision_id, h.events, h.body"
        " FROM history h WHERE h.organization_id = %s AND h.subject = 2 AND {revisions}"
    ),
    "groups": (
        "SELECT h.owner_id AS thing, h.subject, h.owner_id, h.revision_id, h.events, h.body"
        " FROM history h WHERE h.organization_id = %s AND h.subject = 3 AND {revisions}"
    ),
}


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One thing that a run changed; `id` and `name` are "" if it is no longer kept."""

    id: str
    name: str
    entries: list[HistoryEntry]


@dataclass(frozen=True, slots=True)
class ReportPage:
    """Things that a run changed; `next_key` asks for the next page, "" behind the last."""

    rows: list[ReportRow]
    next_key: str = ""


def run_counts(scope: Scope, run_id: int) -> dict[str, dict[str, int]]:
    """Return how many assets, users and groups are new, changed, gone ... by a run.

    A thing that changed and moved counts for both.
    """
    revisions = _revisions(scope, run_id)
    counts = {}
    for inventory in _SUBJECTS:
        columns = ", ".join(
            f"COUNT(DISTINCT CASE WHEN events & {int(event)} <> 0 THEN thing END)"
            for event in REPORTED.values()
        )
        told, bound = _told(scope, inventory, revisions)
        found = engine.rows(f"SELECT {columns} FROM ({told}) told", bound)
        counts[inventory] = {
            "new": _new(scope, inventory, revisions),
            **dict(zip(REPORTED, map(int, found[0]), strict=True)),
        }
    return counts


def run_changes(
    scope: Scope, run_id: int, *, inventory: str, event: str, size: int = 50, after: str = ""
) -> ReportPage:
    """Return things that a run did something to, with all that it did to them.

    `event` is `new` or one of REPORTED. Raises ConfigError if there is no such page.
    """
    size = max(1, min(size, LARGEST_PAGE))
    revisions, behind = _revisions(scope, run_id), _behind(after)
    if event == "new":
        things = _new_things(scope, inventory, revisions, behind=behind, most=size + 1)
        page = things[:size]
        names = _names(scope, inventory, page)
        rows = [ReportRow(*names.get(each, ("", "")), entries=[]) for each in page]
    else:
        things = _things(scope, inventory, revisions, REPORTED[event], behind=behind, most=size + 1)
        page = things[:size]
        rows = _report_rows(scope, inventory, revisions, page)
    return ReportPage(rows, str(page[-1]) if len(things) > size else "")


def _revisions(scope: Scope, run_id: int) -> list[int]:
    found = Revision.objects.filter(
        organization=scope.organization, run_id=run_id, feed__isnull=False
    )
    return list(found.values_list("pk", flat=True))


def _behind(after: str) -> int:
    if not after:
        return -(1 << 62)
    digits = after.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 18:  # noqa: PLR2004 - 64 bits
        raise ConfigError("there is no such page", hint="Start again without a page key.")
    return int(after)


def _told(scope: Scope, inventory: str, revisions: Sequence[int]) -> tuple[str, tuple[Any, ...]]:
    statement = _TOLD[inventory].format(revisions=engine.among("h.revision_id"))
    return statement, (scope.organization_id, engine.listed(revisions))


def _new(scope: Scope, inventory: str, revisions: Sequence[int]) -> int:
    """Return how many are new, without those that went up in others in the same run."""
    bound = (scope.organization_id, engine.listed(revisions))
    found = engine.rows(
        "SELECT COALESCE(SUM(last_id - first_id + 1), 0) FROM history_new"
        f" WHERE organization_id = %s AND {engine.among('revision_id')} AND subject = %s",
        (*bound, int(_SUBJECTS[inventory])),
    )
    if inventory != "assets":
        return int(found[0][0])
    merged = engine.rows(
        "SELECT COUNT(*) FROM history_absorbed a JOIN history_new n"
        " ON n.organization_id = a.organization_id AND n.subject = 1"
        " AND n.revision_id = a.revision_id AND a.asset_id BETWEEN n.first_id AND n.last_id"
        f" WHERE a.organization_id = %s AND {engine.among('a.revision_id')}",
        bound,
    )
    return int(found[0][0]) - int(merged[0][0])


def _new_things(
    scope: Scope, inventory: str, revisions: Sequence[int], *, behind: int, most: int
) -> list[int]:
    """Return the next new things that are still there."""
    table = _TABLES.get(inventory, "inventory_asset")
    found = engine.rows(
        f"SELECT t.id FROM history_new n JOIN {table} t ON t.id BETWEEN n.first_id AND n.last_id"
        f" WHERE n.organization_id = %s AND {engine.among('n.revision_id')} AND n.subject = %s"
        f" AND n.last_id > %s AND t.id > %s AND +t.organization_id = %s"
        " ORDER BY t.id LIMIT %s",
        (
            *(scope.organization_id, engine.listed(revisions), int(_SUBJECTS[inventory])),
            *(behind, behind, scope.organization_id, most),
        ),
    )
    return [row[0] for row in found]


def _things(
    scope: Scope,
    inventory: str,
    revisions: Sequence[int],
    event: Event,
    *,
    behind: int,
    most: int,
) -> list[int]:
    told, bound = _told(scope, inventory, revisions)
    found = engine.rows(
        f"SELECT DISTINCT thing FROM ({told}) told WHERE events & {int(event)} <> 0"
        " AND thing > %s ORDER BY thing LIMIT %s",
        (*bound, behind, most),
    )
    return [row[0] for row in found]


def _report_rows(
    scope: Scope, inventory: str, revisions: Sequence[int], things: Sequence[int]
) -> list[ReportRow]:
    told, bound = _told(scope, inventory, revisions)
    found = engine.rows(
        "SELECT thing, subject, owner_id, revision_id, events, body"
        f" FROM ({told}) told WHERE {engine.among('thing')} ORDER BY thing, subject, owner_id",
        (*bound, engine.listed(things)),
    )
    rows = [Kept(Subject(each[1]), *each[2:]) for each in found]
    teller = Teller(scope, rows)
    entries: dict[int, list[HistoryEntry]] = {each: [] for each in things}
    for each, kept, told_of in zip(found, rows, teller.told, strict=True):
        entries[each[0]].append(teller.entry(kept, told_of))
    names = _names(scope, inventory, things)
    return [ReportRow(*names.get(each, ("", "")), entries=entries[each]) for each in things]


def _names(scope: Scope, inventory: str, numbers: Iterable[int]) -> Names:
    if inventory == "assets":
        return asset_names(scope, numbers)
    found = engine.rows(
        f"SELECT id, uid, display_name, name FROM {_TABLES[inventory]} WHERE"
        f" +organization_id = %s AND {engine.among('id')}",
        (scope.organization_id, engine.listed(numbers)),
    )
    return {number: (str(UUID(str(uid))), shown or name) for number, uid, shown, name in found}
