"""Related objects: members, owners, groups and devices of one object."""

from collections.abc import Sequence

from muster.simulator.directory import Kind
from muster.simulator.directory.shelf import JSONObject
from muster.simulator.graph.call import Call
from muster.simulator.graph.errors import denied, not_found, unsupported
from muster.simulator.graph.kinds import KINDS, USERS, KindInfo
from muster.simulator.graph.lists.collections import (
    context_of,
    count_response,
    require_eventual,
)
from muster.simulator.graph.lists.listing import Listing, page_response, slice_rows
from muster.simulator.graph.query.selection import Selection, select, select_mixed
from muster.simulator.graph.store.relations import Related, may_read_object, may_read_relation
from muster.simulator.graph.store.view import choose
from muster.simulator.web.response import Response


def list_related(
    call: Call, info: KindInfo, object_id: str, name: str, *, cast: KindInfo | None
) -> Response:
    """A page of the objects related to one; `cast` keeps one type only."""
    related = _related(call, info, object_id, name, cast=cast)
    selections = _selections(call, cast)
    page = call.page()
    forms = _forms(call, cast)

    def row(pair: tuple[Kind, str]) -> bytes | None:
        kind, key = pair
        return call.view.rows.row(selections[kind], key, form=forms[kind])

    context = call.context(context_of(cast.kind, selections[cast.kind]) if cast else _mixed(call))
    listing = Listing(
        context,
        lambda cursor, size: slice_rows(related, cursor, size, row),
        lambda: len(related),
    )
    return page_response(call, listing, page)


def count_related(
    call: Call, info: KindInfo, object_id: str, name: str, *, cast: KindInfo | None
) -> Response:
    """How many objects are related to one."""
    require_eventual(call)
    return count_response(len(_related(call, info, object_id, name, cast=cast)))


def _related(
    call: Call, info: KindInfo, object_id: str, name: str, *, cast: KindInfo | None
) -> Related:
    if not may_read_relation(call.caller, info, name):
        raise denied()
    try:
        related = call.view.relations.read(name, info.kind, object_id)
    except KeyError as error:
        raise not_found(object_id) from error
    if cast is not None:
        related = [pair for pair in related if pair[0] == cast.kind]
    return related if call.options.is_plain else _narrowed(call, related, cast or USERS)


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
    plain = "" if cast else "typed"
    return {
        kind: plain if may_read_object(call.caller, info.kind) else "blank"
        for kind, info in KINDS.items()
    }


def _mixed(call: Call) -> str:
    names = call.options.select
    return f"directoryObjects({','.join(names)})" if names else "directoryObjects"
