"""What is made to go wrong with a request of Graph as a whole."""

from dataclasses import replace

from muster.simulator.graph.errors import GraphError, denied, throttled
from muster.simulator.graph.lists.paging import expired_page_token
from muster.simulator.web.faults import FaultKind
from muster.simulator.web.request import Request


def without_filter(request: Request) -> Request:
    kept = [
        part
        for part in request.query.split("&")
        if not part.lower().startswith(("$filter=", "%24filter="))
    ]
    return replace(request, query="&".join(kept))


def strike(request: Request) -> None:
    """Raise what shall go wrong with this request as a whole."""
    for fault in request.faults:
        match fault.kind:
            case FaultKind.THROTTLED:
                raise throttled(fault.retry_after)
            case FaultKind.STATUS:
                headers = {} if fault.retry_after is None else {"Retry-After": fault.retry_after}
                code, message = _worded(fault.status)
                raise GraphError(
                    fault.status, fault.code or code, fault.message or message, headers=headers
                )
            case FaultKind.EXPIRED_PAGE_TOKEN:
                raise expired_page_token()
            case FaultKind.FORBIDDEN:
                raise denied()


def _worded(status: int) -> tuple[str, str]:
    words = {
        500: ("InternalServerError", "An internal server error occurred."),
        502: ("BadGateway", "Bad gateway."),
        503: ("serviceNotAvailable", "The service is temporarily unavailable. Try again later."),
        504: ("GatewayTimeout", "The request timed out."),
        429: ("TooManyRequests", "Please retry again later."),
    }
    return words.get(status, ("UnknownError", ""))
