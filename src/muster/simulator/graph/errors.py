"""Graph's errors: status, code and message in its own form."""

import uuid
from datetime import datetime
from typing import Any

import orjson

from muster.simulator.web.request import Request
from muster.simulator.web.response import Response

CONTENT_TYPE = (
    "application/json;odata.metadata=minimal;odata.streaming=true;"
    "IEEE754Compatible=false;charset=utf-8"
)


class GraphError(Exception):
    """Graph refuses a request."""

    def __init__(
        self, status: int, code: str, message: str, *, headers: dict[str, str] | None = None
    ) -> None:
        """Keep the status, Graph's code and its message."""
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = dict(headers or {})


def bad_request(message: str) -> GraphError:
    """The directory cannot take the request."""
    return GraphError(400, "Request_BadRequest", message)


def malformed(message: str) -> GraphError:
    """Graph itself cannot read the request."""
    return GraphError(400, "BadRequest", message)


def unsupported(message: str) -> GraphError:
    """The directory does not answer such a query."""
    return GraphError(400, "Request_UnsupportedQuery", message)


def no_segment(name: str) -> GraphError:
    """There is no such path."""
    return malformed(f"Resource not found for the segment '{name}'.")


def not_found(object_id: str) -> GraphError:
    """There is no such object."""
    return GraphError(
        404,
        "Request_ResourceNotFound",
        f"Resource '{object_id}' does not exist or one of its queried reference-property objects "
        "are not present.",
    )


def denied() -> GraphError:
    """The caller's token lacks the permission."""
    return GraphError(
        403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation."
    )


def lacks_audit_log() -> GraphError:
    """The caller may read users, but not when they signed in."""
    return GraphError(
        403,
        "Authentication_MSGraphPermissionMissing",
        "Calling principal does not have required MSGraph permissions AuditLog.Read.All",
    )


def throttled(retry_after: str | None, headers: dict[str, str] | None = None) -> GraphError:
    """Too many requests; `retry_after` None sends no such header."""
    shown = dict(headers or {})
    if retry_after is not None:
        shown["Retry-After"] = retry_after
    return GraphError(429, "TooManyRequests", "Please retry again later.", headers=shown)


def error_response(error: GraphError, *, request: Request, now: datetime) -> Response:
    """The refusal in Graph's form."""
    request_id = str(uuid.uuid4())
    inner: dict[str, Any] = {
        "date": f"{now:%Y-%m-%dT%H:%M:%S}",
        "request-id": request_id,
        "client-request-id": request.header("client-request-id") or request_id,
    }
    if error.status == 429:  # noqa: PLR2004 - its error body has a form of its own
        inner |= {"code": "429", "message": "Please retry after", "status": "429"}
    body = {"error": {"code": error.code, "message": error.message, "innerError": inner}}
    headers = {"content-type": CONTENT_TYPE, "request-id": request_id, **error.headers}
    return Response(error.status, orjson.dumps(body), headers)
