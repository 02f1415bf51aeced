"""A page of any listing, with its links, its count and what is made to go wrong with it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import orjson

from muster.simulator.graph.call import Call
from muster.simulator.graph.errors import CONTENT_TYPE
from muster.simulator.graph.lists.paging import Page
from muster.simulator.graph.store.rows import Fetched
from muster.simulator.web.faults import FaultKind
from muster.simulator.web.response import Response

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Listing:
    """`fetch(cursor, size)` gives joined rows, their number and the next cursor or None."""

    context: str
    fetch: Callable[[int, int], Fetched]
    total: Callable[[], int]


def page_response(call: Call, listing: Listing, page: Page) -> Response:
    """The page as Graph writes it."""
    rows, _, following = _fetch(call, listing, page)
    head: dict[str, Any] = {"@odata.context": listing.context}
    if page.number == 1 and call.options.is_advanced and not call.has_fault(FaultKind.NO_COUNT):
        head["@odata.count"] = listing.total()
    if following is not None:
        head["@odata.nextLink"] = _link(call, following)
    return rows_response(head, rows)


def rows_response(head: dict[str, Any], rows: bytes) -> Response:
    """A body of some annotations and encoded rows."""
    body = b"".join((orjson.dumps(head)[:-1], b',"value":[', rows, b"]}"))
    return Response(200, body, {"content-type": CONTENT_TYPE})


def slice_rows(
    found: Sequence[Found], cursor: int, size: int, row: Callable[[Found], bytes | None]
) -> Fetched:
    """Fetch from a sequence by position; what is gone since is left out."""
    stop = min(cursor + size, len(found))
    rows = [each for each in map(row, found[cursor:stop]) if each is not None]
    return b",".join(rows), len(rows), stop if stop < len(found) else None


def _fetch(call: Call, listing: Listing, page: Page) -> tuple[bytes, int, Page | None]:
    if call.has_fault(FaultKind.EMPTY_PAGE):
        return b"", 0, replace(page, number=page.number + 1)
    size = call.options.page_size
    cut = call.request.fault(FaultKind.PAGE_SIZE)
    if cut is not None:
        size = min(size, max(1, cut.size))
    rows, count, cursor = listing.fetch(page.cursor, size)
    if call.has_fault(FaultKind.LINK_LOOP):
        return rows, count, page
    if call.has_fault(FaultKind.DUPLICATE) and count:
        _, _, cursor = listing.fetch(page.cursor, count - 1) if count > 1 else (b"", 0, page.cursor)
    following = None if cursor is None else replace(page, number=page.number + 1, cursor=cursor)
    return rows, count, following


def _link(call: Call, page: Page) -> str:
    link = call.link(page)
    foreign = call.request.fault(FaultKind.FOREIGN_LINK)
    if foreign is None:
        return link
    return f"https://{foreign.host}{link.removeprefix(call.request.base)}"
