"""`$batch`: up to twenty requests in one, each answered on its own."""

import random
from collections.abc import Callable, Mapping
from typing import Any

import orjson

from muster.simulator.graph.errors import CONTENT_TYPE, malformed
from muster.simulator.web.request import Request
from muster.simulator.web.response import Response

MAX_PARTS = 20
_SHOWN = frozenset(
    {
        "cache-control", "content-type", "location", "odata-version", "retry-after",
        "www-authenticate", "x-ms-resource-unit", "x-ms-throttle-limit-percentage",
        "x-ms-throttle-scope", "x-ms-throttle-information", "preference-applied",
    }
)  # fmt: skip
_FAILED = 400
_FAILED_DEPENDENCY = {
    "error": {"code": "FailedDependency", "message": "Failed dependency: a request it depends on."}
}

Part = Mapping[str, Any]


def run_batch(request: Request, answer: Callable[[Request], Response]) -> Response:
    """Answer every part; the responses come in no particular order."""
    parts = _read(request.body)
    responses: dict[str, Response] = {}
    for part in parts:
        depends_on = part.get("dependsOn") or []
        if any(responses[each].status >= _FAILED for each in depends_on):
            responses[part["id"]] = _failed_dependency()
        else:
            responses[part["id"]] = answer(_request(part, request))
    rows = [_row(name, response) for name, response in responses.items()]
    random.Random(len(request.body)).shuffle(rows)
    body = b'{"responses":[' + b",".join(rows) + b"]}"
    return Response(200, body, {"content-type": "application/json"})


def _read(body: bytes) -> list[Part]:
    """The parts of a batch, or Graph's refusal of the whole of it."""
    try:
        parts = orjson.loads(body)["requests"]
    except (orjson.JSONDecodeError, KeyError, TypeError) as error:
        raise malformed("Invalid batch payload format.") from error
    if not isinstance(parts, list) or not parts:
        raise malformed("Invalid batch payload format.")
    if len(parts) > MAX_PARTS:
        raise malformed(f"Number of batch request steps exceeds the maximum value of {MAX_PARTS}.")
    seen: set[str] = set()
    for part in parts:
        _check(part, seen)
        seen.add(part["id"])
    return parts


def _check(part: Any, seen: set[str]) -> None:
    if not isinstance(part, dict):
        raise malformed("Invalid batch payload format.")
    if not isinstance(part.get("id"), str) or not part["id"]:
        raise malformed("Request Id cannot be null or empty in a batch request.")
    if part["id"] in seen:
        raise malformed(f"Request Id '{part['id']}' has to be unique in a batch.")
    for name in ("method", "url"):
        if not isinstance(part.get(name), str) or not part[name]:
            raise malformed(f"Invalid batch payload format: request '{part['id']}' has no {name}.")
    if part["url"].startswith(("http://", "https://")):
        raise malformed(f"The URL of request '{part['id']}' has to be relative.")
    if not isinstance(part.get("headers") or {}, dict):
        raise malformed(f"The headers of request '{part['id']}' are no object.")
    depends_on = part.get("dependsOn") or []
    if not isinstance(depends_on, list) or not all(
        isinstance(each, str) and each in seen for each in depends_on
    ):
        raise malformed(f"Request '{part['id']}' depends on a request that does not precede it.")


def _request(part: Part, outer: Request) -> Request:
    path, _, query = part["url"].partition("?")
    own = part.get("headers") or {}
    headers = {str(name).lower(): str(value) for name, value in own.items()}
    headers["authorization"] = outer.header("authorization")
    return Request(
        method=part["method"].upper(),
        path=f"/v1.0/{path.lstrip('/').removeprefix('v1.0/')}",
        query=query,
        headers=headers,
        body=orjson.dumps(part["body"]) if part.get("body") is not None else b"",
        base=outer.base,
        in_batch=True,
    )


def _row(name: str, response: Response) -> bytes:
    headers = {
        _spelled(key): "application/json" if value == CONTENT_TYPE else value
        for key, value in response.headers.items()
        if key.lower() in _SHOWN
    }
    head = orjson.dumps({"id": name, "status": response.status, "headers": headers})
    return head[:-1] + b',"body":' + (response.body or b"null") + b"}"


def _spelled(name: str) -> str:
    if name.startswith("x-ms") or name == "OData-Version":
        return name
    return "-".join(part.capitalize() for part in name.split("-"))


def _failed_dependency() -> Response:
    return Response(424, orjson.dumps(_FAILED_DEPENDENCY), {"content-type": CONTENT_TYPE})
