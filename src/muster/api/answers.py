"""Good answers: documents in JSON, and streams of rows whose memory stays flat."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any

import orjson
from django.http import HttpResponse, StreamingHttpResponse

_OPTIONS = orjson.OPT_NON_STR_KEYS
JSON = "application/json"
JSONL = "application/x-ndjson"
CSV = "text/csv; charset=utf-8"
XML = "text/xml; charset=utf-8"


def encoded(document: Any) -> bytes:
    """Return a document in JSON; instants in RFC 3339."""
    return orjson.dumps(document, option=_OPTIONS)


def answer(document: Any, *, status: int = 200) -> HttpResponse:
    """Return a document."""
    return HttpResponse(encoded(document), status=status, content_type=JSON)


def nothing() -> HttpResponse:
    """Return the answer that has no body."""
    return HttpResponse(status=204)


def stream(chunks: Iterator[bytes], content_type: str, *, name: str = "") -> StreamingHttpResponse:
    """Return what comes chunk by chunk. What goes wrong with the first chunk is still a problem.

    `name` is what a browser calls the file.
    """
    larger = together(chunks)
    first = next(larger, b"")
    response = StreamingHttpResponse(chain([first], larger), content_type=content_type)
    if name:
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def json_array(documents: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """Yield one array."""
    separator = b"["
    for each in documents:
        yield separator + encoded(each)
        separator = b",\n"
    yield b"[]" if separator == b"[" else b"]"


def json_lines(documents: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """Yield one object per line."""
    for each in documents:
        yield encoded(each) + b"\n"


def together(chunks: Iterator[bytes], *, size: int = 64 * 1024) -> Iterator[bytes]:
    """Yield the same bytes in larger chunks: each one costs a walk through the server."""
    gathered: list[bytes] = []
    length = 0
    for each in chunks:
        gathered.append(each)
        length += len(each)
        if length >= size:
            yield b"".join(gathered)
            gathered, length = [], 0
    yield b"".join(gathered)
