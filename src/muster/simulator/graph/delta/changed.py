"""The rows of a delta's later rounds: one for each object to which something happened."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from muster.simulator.directory import Change, Directory
from muster.simulator.directory.changes import Member
from muster.simulator.graph.delta.members import member_rows
from muster.simulator.graph.query.selection import Selection


@dataclass(slots=True)
class Told:
    """Everything that happened to one object in a span of versions."""

    what: str = "changed"
    properties: set[str] = field(default_factory=set)
    members: dict[Member, bool] = field(default_factory=dict)

    def add(self, change: Change) -> None:
        """Lay a later change over the earlier ones."""
        self.what = change.what
        self.properties |= change.properties
        self.members.update(dict.fromkeys(change.members_added, True))
        self.members.update(dict.fromkeys(change.members_removed, False))


def changed_rows(
    directory: Directory, selection: Selection, *, since: int, until: int, has_members: bool
) -> list[dict[str, Any]]:
    """The rows for what happened after `since` and not after `until`, in order of first change."""
    told: dict[str, Told] = {}
    for change in directory.changes(selection.info.kind, since):
        if change.version <= until:
            told.setdefault(change.id, Told()).add(change)
    rows = (
        _row(directory, selection, object_id, found, has_members=has_members)
        for object_id, found in told.items()
    )
    return [row for row in rows if row is not None]


def _row(
    directory: Directory, selection: Selection, object_id: str, told: Told, *, has_members: bool
) -> dict[str, Any] | None:
    whole = directory.get(selection.info.kind, object_id)
    if told.what == "soft_deleted":
        return {"id": object_id, "@removed": {"reason": "changed"}}
    if told.what == "deleted" or whole is None:
        return {"id": object_id, "@removed": {"reason": "deleted"}}
    shown = selection.of(whole)
    row = {name: value for name, value in shown.items() if name in told.properties}
    if has_members and told.members:
        row["members@delta"] = list(_members(told))
    return {"id": object_id, **row} if row else None


def _members(told: Told) -> Iterator[dict[str, Any]]:
    for member, is_added in told.members.items():
        yield from member_rows([member], is_removed=not is_added)
