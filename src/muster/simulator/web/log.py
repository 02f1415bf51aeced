"""What clients have sent: kept so that tests can ask."""

from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from muster.simulator.web.request import Request

_KEPT = 20_000
_SECRET_HEADERS = frozenset({"authorization", "cookie", "proxy-authorization"})
_SHOWN_FIELDS = frozenset({"grant_type", "client_id", "scope", "username", "client_info"})


@dataclass(slots=True)
class Entry:
    """One request and the status of its answer, None for one that got none."""

    request: Request
    status: int | None

    def to_json(self) -> dict[str, Any]:
        """The entry without anything secret."""
        request = self.request
        return {
            "method": request.method,
            "path": request.path,
            "query": request.query,
            "parameters": dict(request.parameters()),
            "headers": _public(request.headers),
            "form": _form(request),
            "host": request.base,
            "status": self.status,
            "in_batch": request.in_batch,
            "faults": [fault.kind.value for fault in request.faults],
        }


class RequestLog:
    """The newest requests, and counts of all."""

    def __init__(self) -> None:
        """Start empty."""
        self._entries: deque[Entry] = deque(maxlen=_KEPT)
        self._counts: Counter[str] = Counter()

    def note(self, request: Request) -> Entry:
        """Remember a request; its status is filled in later."""
        entry = Entry(request, None)
        self._entries.append(entry)
        self._counts[f"{request.method} {request.path}"] += 1
        return entry

    def clear(self) -> None:
        """Forget all."""
        self._entries.clear()
        self._counts.clear()

    def to_json(self) -> dict[str, Any]:
        """Every request, oldest first, and how often each path was asked for."""
        return {
            "requests": [entry.to_json() for entry in self._entries],
            "counts": dict(self._counts),
            "total": self._counts.total(),
        }


def _public(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name not in _SECRET_HEADERS}


def _form(request: Request) -> dict[str, str]:
    if "x-www-form-urlencoded" not in request.header("content-type"):
        return {}
    return {name: value for name, value in request.form().items() if name in _SHOWN_FIELDS}
