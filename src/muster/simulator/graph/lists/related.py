"""Related objects: members, owners, groups and devices of one object."""

from collections.abc import Callable, Sequence

from muster.simulator.directory import Kind
from muster.simulator.directory.shelf import JSONObject
from muster.simulator.graph.call import Call
from muster.simulator.graph.errors import denied, not_found, unsupported
from muster.simulator.graph.kinds import USERS, KindInfo
from muster.simulator.graph.lists.collections import (
    context_of,
    count_response,
    require_eventual,
)
from muster.simulator.graph.lists.listing import Listing, page_response, slice_rows
from muster.simulator.graph.query.selection import Selection, select, select_mixed, shown_as
from muster.simulator.graph.store.relations import (
    Related,
    forms_for,
    may_read_object,
    may_read_relation,
)
from muster.simulator.graph.store.rows import Fetched
from muster.simulator.graph.store.view import choose
from muster.simulator.web.response import Response


def list_related(
    call: Call, info: KindInfo, object_id: str, name: str, *, cast: KindInfo | None
) -> Response:
    """A page of the objects related to one; `cast` keeps one type only."""
    related = _reader(call, info, object_id, name, cast=cast)
    selections = _selections(call, cast)
    page = call.page()
    forms = _forms(call, cast)
    shown = (info.kind, object_id, name, *shown_as(selections, forms))

    def row(pair: tuple[Kind, str]) -> bytes | None:
        kind, key = pair
        return call.view.rows.row(selections[kind], key, form=forms[kind])

    def fetch(cursor: int, size: int) -> Fetched:
        if not call.options.is_plain:
            return slice_rows(related(), cursor, size, row)
        return call.view.rows.page(
            (*shown, cursor, size), lambda: slice_rows(related(), cursor, size, row)
        )

    context = call.context(context_of(cast.kind, selections[cast.kind]) if cast else _mixed(call))
    return page_response(call, Listing(context, fetch, lambda: len(related())), page)


def count_related(
    call: Call, info: KindInfo, object_id: str, name: str, *, cast: KindInfo | None
) -> Response:
    """How many objects are related to one."""
    require_eventual(call)
    return count_response(len(_reader(call, info, object_id, name, cast=cast)()))


def _reader(
    call: Call, info: KindInfo, object_id: str, name: str, *, cast: KindInfo | None
) -> Callable[[], Related]:
    """Reads the related objects when they are needed: a kept page does without.

    Raises GraphError at once for what is refused.
    """
    if not may_read_relation(call.caller, info, name):
        raise denied()
    if object_id not in call.view.directory.ids(info.kind):
        raise not_found(object_id)

    def read() -> Related:
        related = call.view.relations.read(name, info.kind, object_id)
        return related if cast is None else [pair for pair in related if pair[0] == cast.kind]

    if call.options.is_plain:
        return read
    narrowed = _narrowed(call, read(), cast or USERS)
    return lambda: narrowed


def _narrowed(call: Call, related: Related, info: KindInfo) -> Related:
    """The related objects that pass the query's tests, in its order."""
    if not call.options.is_advanced:
        raise unsupported(
            "The request uses a query on related objects that needs advanced query capabilities. "
            "Try adding $count=true query parameter and ConsistencyLevel:eventual header."
        )
    tests = call.view.tests(call.options, info)
    kinds: dict[str, Kind] = {key: kind for kind, key in related}
    objects: list[JSONObject] = [
        whole for kind, key in related if (whole := call.view.directory.get(kind, key)) is not None
    ]
    ids: Sequence[str] = choose(objects, tests=tests, options=call.options, info=info)
    return [(kinds[key], key) for key in ids]


def _selections(call: Call, cast: KindInfo | None) -> dict[str, Selection]:
    if cast is None:
        return select_mixed(call.options, caller=call.caller)
    return {cast.kind: select(call.options, info=cast, caller=call.caller)}


def _forms(call: Call, cast: KindInfo | None) -> dict[str, str]:
    if cast is None:
        return forms_for(call.caller)
    return {cast.kind: "" if may_read_object(call.caller, cast.kind) else "blank"}


def _mixed(call: Call) -> str:
    names = call.options.select
    return f"directoryObjects({','.join(names)})" if names else "directoryObjects"
