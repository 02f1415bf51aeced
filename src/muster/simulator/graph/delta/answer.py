"""Delta queries: everything first, then only what has changed, until the token is too old."""

import re
from dataclasses import replace
from typing import Any

import orjson

from muster.simulator.graph.call import Call
from muster.simulator.graph.delta.changed import changed_rows
from muster.simulator.graph.delta.members import full_group_rows
from muster.simulator.graph.delta.tokens import DEFAULT_SIZE, DeltaTokens, State
from muster.simulator.graph.errors import GraphError, bad_request, malformed
from muster.simulator.graph.kinds import KINDS, KindInfo
from muster.simulator.graph.lists.listing import rows_response
from muster.simulator.graph.lists.paging import expired_page_token
from muster.simulator.graph.query.options import MAX_PAGE_SIZE, Options
from muster.simulator.graph.query.selection import Selection, select
from muster.simulator.web.faults import FaultKind
from muster.simulator.web.response import Response

_RELATIONS = frozenset({"members", "owners", "manager"})
_ID = r"id\s+eq\s+'([^']*)'"
_IDS = re.compile(rf"\s*{_ID}(\s+or\s+{_ID})*\s*", re.IGNORECASE)
_PAGE_SIZE = re.compile(r"odata\.maxpagesize\s*=\s*(\d+)", re.IGNORECASE)


def delta(call: Call, info: KindInfo, tokens: DeltaTokens) -> Response:
    """A page of a delta query. Raises 410 for a token whose history is gone."""
    if call.has_fault(FaultKind.DELTA_GONE):
        raise _gone(call)
    state = _state(call, info, tokens)
    if call.options.delta_token == "latest":  # noqa: S105 - Graph's own word
        return _page(call, tokens, state, [], None)
    if state.ids is None and call.has_fault(FaultKind.EMPTY_PAGE):
        return _page(call, tokens, state, [], replace(state, number=state.number + 1))
    cut = call.request.fault(FaultKind.PAGE_SIZE)
    size = min(state.size, max(1, cut.size)) if cut else state.size
    rows, following = _rows(call, state, size)
    return _page(call, tokens, state, rows, following)


def _state(call: Call, info: KindInfo, tokens: DeltaTokens) -> State:
    options = call.options
    token = options.skip_token or options.delta_token
    if not token or token == "latest":  # noqa: S105 - Graph's own word
        return _first(call, info)
    state = tokens.open(token)
    if state is None or (state.kind, state.tenant) != (info.kind, call.caller.tenant.id):
        raise bad_request("The specified token is not valid for this request.")
    if state.is_link != (options.skip_token is None):
        raise bad_request("The specified token is not valid for this request.")
    version = call.view.directory.version
    if tokens.is_over(state):
        raise _gone(call) if state.is_link else expired_page_token()
    if max(state.since, state.until or 0) > version:
        raise _gone(call, code="resyncRequired")
    return replace(state, until=version) if state.is_link else state


def _first(call: Call, info: KindInfo) -> State:
    options = call.options
    for name, value in (
        ("$expand", options.expand), ("$orderby", options.order_by),
        ("$search", options.search), ("$top", options.top),
    ):  # fmt: skip
        if value is not None:
            raise malformed(f"The query option '{name}' is not supported with delta query.")
    preferred = _PAGE_SIZE.search(call.request.header("prefer"))
    size = min(max(1, int(preferred[1])), MAX_PAGE_SIZE) if preferred else DEFAULT_SIZE
    selection_of(options.select, call=call, info=info)
    return State(
        kind=info.kind,
        tenant=call.caller.tenant.id,
        since=call.view.directory.version,
        names=options.select,
        ids=_ids(options.filter),
        size=size,
    )


def selection_of(names: tuple[str, ...] | None, *, call: Call, info: KindInfo) -> Selection:
    """The properties a delta shows; its relationships are not among them."""
    if names is None:
        return select(Options(), info=info, caller=call.caller)
    own = tuple(name for name in names if name not in _RELATIONS)
    chosen = select(Options(select=("id", *own)), info=info, caller=call.caller)
    return replace(chosen, names=tuple(dict.fromkeys(chosen.names or ())))


def _ids(text: str | None) -> tuple[str, ...] | None:
    """The ids of the only filter that a delta takes."""
    if text is None:
        return None
    if not _IDS.fullmatch(text):
        raise GraphError(
            400, "Request_UnsupportedQuery", "Only filters on 'id' are supported in delta query."
        )
    return tuple(found.lower() for found in re.findall(_ID, text, re.IGNORECASE))


def _rows(call: Call, state: State, size: int) -> tuple[list[dict[str, Any]], State | None]:
    info = KINDS[state.kind]
    selection = selection_of(state.names, call=call, info=info)
    if state.until is not None:
        return _changes(call, state, selection, size)
    has_members = state.names is None or "members" in state.names
    if info.kind == "groups" and has_members:
        rows, cursor, offset = full_group_rows(
            call.view.directory, selection, cursor=state.cursor, offset=state.offset, size=size
        )
    else:
        objects, cursor = call.view.directory.page_after(info.kind, state.cursor, size)
        rows, offset = [selection.of(whole) for whole in objects], 0
    rows = [row for row in rows if _is_wanted(row, state)]
    if cursor is None:
        return rows, None
    return rows, replace(state, cursor=cursor, offset=offset, number=state.number + 1)


def _changes(
    call: Call, state: State, selection: Selection, size: int
) -> tuple[list[dict[str, Any]], State | None]:
    assert state.until is not None
    has_members = state.names is None or "members" in state.names
    rows = changed_rows(
        call.view.directory,
        selection,
        since=state.since,
        until=state.until,
        has_members=has_members,
    )
    wanted = [row for row in rows if _is_wanted(row, state)]
    stop = state.cursor + size
    page = wanted[state.cursor : stop]
    if stop >= len(wanted):
        return page, None
    following = replace(state, cursor=stop, number=state.number + 1, is_link=False)
    return page, following


def _is_wanted(row: dict[str, Any], state: State) -> bool:
    return state.ids is None or str(row["id"]).lower() in state.ids


def _page(
    call: Call,
    tokens: DeltaTokens,
    state: State,
    rows: list[dict[str, Any]],
    following: State | None,
) -> Response:
    names = f"({','.join(state.names)})" if state.names else ""
    head: dict[str, Any] = {"@odata.context": call.context(f"{state.kind}{names}")}
    if call.has_fault(FaultKind.LINK_LOOP):
        following = state
    if following is not None:
        skip = replace(following, is_link=False)
        head["@odata.nextLink"] = _link(call, f"$skiptoken={tokens.seal(skip)}")
    else:
        told = state.since if state.until is None else state.until
        done = replace(state, since=told, until=None, cursor=0, offset=0, number=1, is_link=True)
        head["@odata.deltaLink"] = _link(call, f"$deltatoken={tokens.seal(done)}")
    response = rows_response(head, orjson.dumps(rows)[1:-1])
    if "return=minimal" in call.request.header("prefer").replace(" ", "").lower():
        response.headers["Preference-Applied"] = "return=minimal"
    return response


def _link(call: Call, query: str) -> str:
    foreign = call.request.fault(FaultKind.FOREIGN_LINK)
    base = call.request.base if foreign is None else f"https://{foreign.host}"
    return f"{base}{call.request.path}?{query}"


def _gone(call: Call, *, code: str = "syncStateNotFound") -> GraphError:
    location = f"{call.request.base}{call.request.path}?$deltatoken="
    message = "The delta token has expired or is not known any more. Start a new full sync."
    return GraphError(410, code, message, headers={"Location": location})
