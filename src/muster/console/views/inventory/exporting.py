"""Giving out what a query matches, as CSV, JSON or JSON lines, row by row."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

import orjson
from django.http import HttpResponse, StreamingHttpResponse

from muster.console.listing.asked import Asked, asked_of
from muster.console.listing.columns import headings
from muster.console.listing.kinds import kind_of
from muster.console.needs import Need
from muster.console.pages import page
from muster.console.requests import PageRequest
from muster.console.views.inventory.refusing import refused
from muster.core.errors import QueryError
from muster.core.spreadsheet import cell
from muster.search import every
from muster.search.found import Row

_TYPES: Mapping[str, str] = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "jsonl": "application/jsonl",
}


@page(Need.READ)
def export(request: PageRequest) -> HttpResponse:
    """Send a file of all that the query matches: every column, and those that were chosen."""
    asked = asked_of(request, kind_of(request.GET.get("of", "")), request.GET.dict())
    form = request.GET.get("format", "csv")
    try:
        lines = _lines(form, _rows(request, asked))
    except QueryError as error:
        return refused(request, error)
    response = StreamingHttpResponse(lines, content_type=_TYPES[form])
    name = f"{asked.kind.inventory}-{request.asker.at:%Y-%m-%d}.{form}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response  # type: ignore[return-value] # a response is a response


def _rows(request: PageRequest, asked: Asked) -> Iterator[Row]:
    """Return the rows; the first is read at once, so that a mistake is told and not streamed."""
    asker, inventory = request.asker, asked.kind.inventory
    names = tuple(dict.fromkeys((*headings(inventory), *asked.columns)))
    rows = every(asker.scope, inventory, asked.search, now=asker.at, sort=asked.sort, columns=names)
    first = next(rows, None)
    return iter(()) if first is None else chain([first], rows)


def _lines(form: str, rows: Iterator[Row]) -> Iterator[bytes]:
    match form:
        case "csv":
            return _csv(rows)
        case "json":
            return _json(rows)
        case "jsonl":
            return (orjson.dumps(each, default=str) + b"\n" for each in rows)
    raise QueryError(f"there is no export as '{form[:20]}'", hint="It is csv, json or jsonl.")


def _json(rows: Iterable[Row]) -> Iterator[bytes]:
    before = b"[\n"
    for each in rows:
        yield before + orjson.dumps(each, default=str)
        before = b",\n"
    yield b"[]\n" if before == b"[\n" else b"\n]\n"


def _csv(rows: Iterator[Row]) -> Iterator[bytes]:
    first = next(rows, None)
    if first is None:
        return
    yield _line(list(first))
    for each in chain([first], rows):
        yield _line(list(each.values()))


def _line(values: Iterable[object]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerow([cell(each) for each in values])
    return buffer.getvalue().encode("utf-8", "replace")
