"""`members@delta`: the members of groups, as a delta tells of them."""

from collections.abc import Iterable
from typing import Any

from muster.simulator.directory import Directory, Kind
from muster.simulator.graph.kinds import KINDS
from muster.simulator.graph.query.selection import Selection

# A group with more members comes several times, with another part of them each time.
MEMBERS_PER_ROW = 200
MEMBERS_PER_PAGE = 4000


def member_rows(members: Iterable[tuple[Kind, str]], *, is_removed: bool) -> list[dict[str, Any]]:
    """The members as references, each with its type."""
    removed = {"@removed": {"reason": "deleted"}} if is_removed else {}
    return [
        {"@odata.type": KINDS[kind].odata_type, "id": object_id, **removed}
        for kind, object_id in members
    ]


def full_group_rows(
    directory: Directory, selection: Selection, *, cursor: int, offset: int, size: int
) -> tuple[list[dict[str, Any]], int | None, int]:
    """The groups of one page with their members, and where to go on: a cursor and a member."""
    rows: list[dict[str, Any]] = []
    left = MEMBERS_PER_PAGE
    following: int | None = cursor
    while following is not None and len(rows) < size and left > 0:
        found, after = directory.page_after("groups", following, 1)
        if not found:
            return rows, None, 0
        members = directory.members(str(found[0]["id"]))
        part = members[offset : offset + min(MEMBERS_PER_ROW, left)]
        row = selection.of(found[0])
        if part:
            row["members@delta"] = member_rows(part, is_removed=False)
        rows.append(row)
        left -= max(1, len(part))
        offset += len(part)
        if offset >= len(members):
            following, offset = after, 0
    return rows, following, offset
