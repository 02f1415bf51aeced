"""Graph's paths: who may call, and which endpoint answers."""

import uuid
from collections.abc import Callable
from datetime import datetime
from email.utils import format_datetime

import orjson

from muster.simulator.graph.access import Caller, Gate
from muster.simulator.graph.applications import answer_applications
from muster.simulator.graph.batch import run_batch
from muster.simulator.graph.call import Call
from muster.simulator.graph.delta.answer import delta
from muster.simulator.graph.delta.tokens import DeltaTokens
from muster.simulator.graph.errors import (
    GraphError,
    denied,
    error_response,
    malformed,
    no_segment,
    not_found,
)
from muster.simulator.graph.faulty import strike, without_filter
from muster.simulator.graph.kinds import CASTS, KindInfo
from muster.simulator.graph.lists.collections import count_objects, list_objects, one_object
from muster.simulator.graph.lists.paging import PageTokens
from muster.simulator.graph.lists.related import count_related, list_related
from muster.simulator.graph.organization import list_organization
from muster.simulator.graph.paths import collection, named, object_id_of, own_path
from muster.simulator.graph.query.options import read_options
from muster.simulator.graph.store.view import View
from muster.simulator.graph.throttling import Throttle, cost
from muster.simulator.tenants import Tenant
from muster.simulator.web.faults import FaultKind, Faults
from muster.simulator.web.log import RequestLog
from muster.simulator.web.request import Request
from muster.simulator.web.response import Response

_DELTA = frozenset({"delta", "delta()", "microsoft.graph.delta", "microsoft.graph.delta()"})
_DIAGNOSTIC = orjson.dumps(
    {"ServerInfo": {"DataCenter": "West Europe", "Slice": "E", "Ring": "5", "ScaleUnit": "000"}}
).decode()


class GraphSite:
    """Everything under graph.microsoft.com/v1.0."""

    def __init__(
        self,
        *,
        gate: Gate,
        faults: Faults,
        throttle: Throttle,
        pages: PageTokens,
        deltas: DeltaTokens,
        clock: Callable[[], datetime],
        megabytes: int,
        log: RequestLog,
    ) -> None:
        """Answer for whoever the gate lets in; the log is told of every part of a batch."""
        self._gate = gate
        self._faults = faults
        self._throttle = throttle
        self._pages = pages
        self._deltas = deltas
        self._clock = clock
        self._megabytes = megabytes
        self._log = log
        self._views: dict[str, View] = {}

    def page_number(self, request: Request) -> int:
        """Which page of a listing is asked for."""
        if "skiptoken=" not in request.query.lower():
            return 1
        return max(self._pages.peek(request), self._deltas.peek(request))

    def answer(self, request: Request) -> Response:
        """Graph's answer, with the headers that all of its answers have."""
        try:
            strike(request)
            response = self._authorised(request)
        except GraphError as error:
            response = error_response(error, request=request, now=self._clock())
        request_id = response.headers.setdefault("request-id", str(uuid.uuid4()))
        response.headers |= {
            "client-request-id": request.header("client-request-id") or request_id,
            "date": format_datetime(self._clock(), usegmt=True),
            "x-ms-ags-diagnostic": _DIAGNOSTIC,
            "OData-Version": "4.0",
            "strict-transport-security": "max-age=31536000",
            "cache-control": "no-cache",
        }
        return response

    def _authorised(self, request: Request) -> Response:
        version, *segments = request.segments or [""]
        if version != "v1.0":
            raise malformed(f"Invalid version: {version}")
        caller = self._gate.caller(request)
        if [segment.lower() for segment in segments] == ["$batch"]:
            return self._batch(request)
        parameters = {name.lower(): value for name, value in request.parameters()}
        units = cost(segments, parameters)
        headers = self._throttle.spend(units, tenant=caller.tenant, app_id=caller.app_id)
        try:
            response = self._route(request, caller, segments)
        except GraphError as error:
            error.headers |= headers
            raise
        response.headers |= headers
        return response

    def _batch(self, request: Request) -> Response:
        if request.method != "POST":
            raise GraphError(405, "Request_BadRequest", "Specified HTTP method is not allowed.")
        return run_batch(request, self._part)

    def _part(self, part: Request) -> Response:
        url = f"{part.path}?{part.query}"
        chosen = self._faults.choose(method=part.method, url=url, page=self.page_number(part))
        part = part.with_faults(chosen)
        entry = self._log.note(part)
        response = self.answer(part)
        entry.status = response.status
        return response

    def _route(self, request: Request, caller: Caller, segments: list[str]) -> Response:
        first, *rest = own_path(segments, caller)
        name, rest = named(first, rest)
        is_application = name.lower() == "applications"
        info, rest = (None, rest) if is_application else collection(name, rest)
        if request.method != "GET":
            raise _not_allowed(request, info)
        if request.fault(FaultKind.IGNORE_FILTER):
            request = without_filter(request)
        call = Call(
            request=request,
            options=read_options(request),
            caller=caller,
            view=self._view(caller.tenant),
            tokens=self._pages,
            clock=self._clock,
        )
        if is_application:
            return answer_applications(call, rest)
        if info is None:
            return list_organization(call, rest[0] if rest else None)
        return self._of_collection(call, info, rest)

    def _of_collection(self, call: Call, info: KindInfo, rest: list[str]) -> Response:
        is_related = len(rest) > 1
        if not is_related and not call.caller.has_any(*info.permissions):
            raise denied()
        match rest:
            case []:
                return list_objects(call, info)
            case ["$count"]:
                return count_objects(call, info)
            case [name] if name.lower() in _DELTA:
                return delta(call, info, self._deltas)
            case [key]:
                return one_object(call, info, object_id_of(call, info, key), named=key)
            case [key, name, *more]:
                return _related(call, info, key, name, more)
        raise no_segment(rest[-1])

    def _view(self, tenant: Tenant) -> View:
        view = self._views.get(tenant.id)
        if view is None:
            view = self._views[tenant.id] = View(tenant, megabytes=self._megabytes)
        return view


def _related(call: Call, info: KindInfo, key: str, name: str, more: list[str]) -> Response:
    names = {known.lower(): known for known in info.relations}
    relation = names.get(name.lower())
    if relation is None:
        raise no_segment(name)
    cast = None
    if more and more[0].lower() in CASTS:
        cast, more = CASTS[more[0].lower()], more[1:]
    object_id = object_id_of(call, info, key)
    if relation == "manager":
        raise not_found("manager")
    if not more:
        return list_related(call, info, object_id, relation, cast=cast)
    if more == ["$count"]:
        return count_related(call, info, object_id, relation, cast=cast)
    raise no_segment(more[0])


def _not_allowed(request: Request, info: KindInfo | None) -> GraphError:
    """A write is refused for want of a permission, anything else as not allowed."""
    if request.method in {"POST", "PATCH", "DELETE"} and info is not None:
        return denied()
    return GraphError(405, "Request_BadRequest", "Specified HTTP method is not allowed.")
