"""Devices, users and groups: the list, its count, and one object."""

import orjson

from muster.simulator.directory.shelf import JSONObject
from muster.simulator.graph.call import Call
from muster.simulator.graph.errors import CONTENT_TYPE, bad_request, not_found
from muster.simulator.graph.kinds import KindInfo
from muster.simulator.graph.lists.listing import Listing, page_response, slice_rows
from muster.simulator.graph.query.expansion import Expansion, read_expansion
from muster.simulator.graph.query.ordering import read_order
from muster.simulator.graph.query.selection import Selection, select
from muster.simulator.graph.store.rows import Fetched
from muster.simulator.web.response import Response


def list_objects(call: Call, info: KindInfo) -> Response:
    """A page of a collection."""
    selection = select(call.options, info=info, caller=call.caller)
    expansion = read_expansion(call.options, info=info, caller=call.caller)
    if call.options.order_by is not None:
        read_order(call.options.order_by, info=info)
    page = call.page()
    context = call.context(context_of(info.kind, selection, expansion))
    if call.options.is_plain:
        listing = _whole(call, context, selection, expansion)
    else:
        listing = _found(call, context, selection, expansion, version=page.version)
    return page_response(call, listing, page)


def count_objects(call: Call, info: KindInfo) -> Response:
    """How many objects there are, as plain text."""
    require_eventual(call)
    view = call.view
    total = view.directory.count(info.kind)
    if call.options.filter is not None or call.options.search is not None:
        total = len(view.matching(call.options, info, version=view.directory.version))
    return count_response(total)


def require_eventual(call: Call) -> None:
    """Refuse `/$count` without its header."""
    if not call.options.is_eventual:
        raise bad_request("$count is not currently supported.")


def count_response(total: int) -> Response:
    """A number as the service writes it, with its byte order mark."""
    return Response(200, str(total).encode(), {"content-type": "text/plain"})


def one_object(call: Call, info: KindInfo, object_id: str, *, named: str = "") -> Response:
    """One object by its id; `named` is how the caller named it."""
    selection = select(call.options, info=info, caller=call.caller)
    expansion = read_expansion(call.options, info=info, caller=call.caller)
    whole = call.view.directory.get(info.kind, object_id)
    if whole is None:
        raise not_found(named or object_id)
    context = call.context(f"{context_of(info.kind, selection, expansion)}/$entity")
    head = orjson.dumps({"@odata.context": context})[:-1]
    row = _row(call, whole, selection, expansion)
    body = head + (b"," + row[1:] if row != b"{}" else b"}")
    return Response(200, body, {"content-type": CONTENT_TYPE})


def context_of(name: str, selection: Selection, expansion: Expansion | None = None) -> str:
    """The part of `@odata.context` behind the hash."""
    shown = list(selection.names or ())
    if expansion is not None:
        shown.append(f"{expansion.name}()")
    return f"{name}({','.join(shown)})" if shown else name


def _whole(call: Call, context: str, selection: Selection, expansion: Expansion | None) -> Listing:
    view, kind = call.view, selection.info.kind

    shown = (selection.key, None if expansion is None else expansion.key)

    def made(cursor: int, size: int) -> Fetched:
        objects, following = view.rows.objects(kind, cursor, size)
        rows = [_row(call, whole, selection, expansion) for whole in objects]
        return b",".join(rows), len(rows), following

    def fetch(cursor: int, size: int) -> Fetched:
        return view.rows.page((*shown, cursor, size), lambda: made(cursor, size))

    return Listing(context, fetch, lambda: view.directory.count(kind))


def _found(
    call: Call, context: str, selection: Selection, expansion: Expansion | None, *, version: int
) -> Listing:
    view, info = call.view, selection.info
    ids = view.matching(call.options, info, version=version)

    def row(object_id: str) -> bytes | None:
        if expansion is None:
            return view.rows.row(selection, object_id)
        whole = view.directory.get(info.kind, object_id)
        return None if whole is None else _row(call, whole, selection, expansion)

    return Listing(context, lambda at, size: slice_rows(ids, at, size, row), lambda: len(ids))


def _row(call: Call, whole: JSONObject, selection: Selection, expansion: Expansion | None) -> bytes:
    shown = selection.of(whole)
    if expansion is not None:
        kind = selection.info.kind
        expansion.into(shown, kind=kind, object_id=str(whole["id"]), view=call.view)
    return orjson.dumps(shown)
