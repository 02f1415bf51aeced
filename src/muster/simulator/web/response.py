"""One response, and how an ASGI server is told of it."""

from dataclasses import dataclass, field
from typing import Any

import orjson

JSON = "application/json; charset=utf-8"


@dataclass(slots=True)
class Response:
    """A status, headers and a whole body."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)

    def raw_headers(self) -> list[tuple[bytes, bytes]]:
        """The headers as ASGI wants them, with the body's true length."""
        rows = [
            (name.lower().encode("latin-1"), value.encode("latin-1", "replace"))
            for name, value in self.headers.items()
        ]
        rows.append((b"content-length", str(len(self.body)).encode()))
        return rows


def json_response(status: int, content: Any, **headers: str) -> Response:
    """Answer with JSON; a header's underscores become hyphens."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(status, orjson.dumps(content), {"content-type": JSON, **named})
