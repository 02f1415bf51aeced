"""Objects as encoded JSON, kept so that nothing is encoded twice."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any

import orjson

from muster.simulator.directory import Directory, Kind
from muster.simulator.directory.shelf import JSONObject
from muster.simulator.graph.query.selection import Selection

Fetched = tuple[bytes, int, int | None]
_ROW_OVERHEAD_BYTES = 160
_PAGE_OVERHEAD_BYTES = 600
# Two listings of one collection often run side by side, one a page or two ahead.
_KEPT_OBJECT_PAGES = 4


class Rows:
    """The encoded rows of one directory.

    Whatever changes the directory empties it. When full it keeps what it has and encodes the
    rest anew: a listing that is longer than the store would otherwise push out every row before
    its return.
    """

    def __init__(self, directory: Directory, *, megabytes: int) -> None:
        """Keep at most that many megabytes."""
        self._directory = directory
        self._limit = megabytes << 20
        self._used = 0
        self._version = directory.version
        self._rows: dict[tuple[str, str], bytes] = {}
        self._pages: dict[Hashable, Fetched] = {}
        self._objects: OrderedDict[tuple[Kind, int, int], tuple[list[JSONObject], int | None]] = (
            OrderedDict()
        )

    def page(self, key: Hashable, make: Callable[[], Fetched]) -> Fetched:
        """The page of that key: joined rows, how many, and the next cursor or None.

        The key names everything that the page depends on but the directory.
        """
        self._forget_old()
        page = self._pages.get(key)
        if page is None:
            page = make()
            if self._has_room(len(page[0]) + _PAGE_OVERHEAD_BYTES):
                self._pages[key] = page
        return page

    def objects(self, kind: Kind, cursor: int, size: int) -> tuple[list[JSONObject], int | None]:
        """The objects of a page of the whole collection, not to be changed, and the next cursor."""
        self._forget_old()
        key = (kind, cursor, size)
        found = self._objects.get(key)
        if found is None:
            found = self._objects[key] = self._directory.page_after(kind, cursor, size)
            if len(self._objects) > _KEPT_OBJECT_PAGES:
                self._objects.popitem(last=False)
        return found

    def row(self, selection: Selection, object_id: str, *, form: str = "") -> bytes | None:
        """One object, None if it is gone. `form` "typed" adds its type, "blank" hides the rest."""
        self._forget_old()
        key = (f"{form}{selection.key}", object_id)
        kept = self._rows.get(key)
        if kept is not None:
            return kept
        whole = look_up(self._directory, selection, object_id)
        if whole is None:
            return None
        row = orjson.dumps(shape(whole, selection, form=form))
        if self._has_room(len(row)):
            self._rows[key] = row
        return row

    def _has_room(self, size: int) -> bool:
        if self._used + size + _ROW_OVERHEAD_BYTES > self._limit:
            return False
        self._used += size + _ROW_OVERHEAD_BYTES
        return True

    def _forget_old(self) -> None:
        if self._version != self._directory.version:
            self._version = self._directory.version
            self._rows.clear()
            self._pages.clear()
            self._objects.clear()
            self._used = 0


def look_up(directory: Directory, selection: Selection, object_id: str) -> JSONObject | None:
    """As much of an object as a selection shows, None if it is gone.

    Making an object costs a hundred times as much as knowing that it is there, and most
    memberships are read with `$select=id`.
    """
    kind = selection.info.kind
    if selection.names == ("id",):
        return {"id": object_id} if object_id in directory.ids(kind) else None
    return directory.get(kind, object_id)


def shape(whole: JSONObject, selection: Selection, *, form: str) -> dict[str, Any]:
    """The object as a caller sees it, in a form as `Rows.row` has them."""
    if not form:
        return selection.of(whole)
    shown = selection.blank(whole) if form == "blank" else selection.of(whole)
    typed: dict[str, Any] = {"@odata.type": selection.info.odata_type}
    return typed | ({"id": whole["id"]} if "id" not in shown else {}) | shown
