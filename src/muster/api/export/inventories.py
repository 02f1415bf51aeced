"""Exports of assets, services, directory users and groups, in every form."""

from collections.abc import Callable, Iterator
from typing import Annotated, Any

from django.http import HttpResponse, StreamingHttpResponse
from ninja import Query, Router

from muster.api import answers
from muster.api.access import OrganizationRequest
from muster.api.answers import answer, stream
from muster.api.export import kinds
from muster.api.export.kinds import KINDS, Kind
from muster.api.export.tables import csv_lines
from muster.api.rendering.nmap import nmap_xml
from muster.api.schemas.inventory import Problem

router = Router(tags=["export"])

Search = Annotated[str, Query(max_length=8192, description="What to export; all without it.")]
Fields = Annotated[
    str, Query(max_length=4096, description="Names of fields by commas; all without it.")
]
PageSize = Annotated[
    int | None, Query(ge=1, description="Answer one page of so many, at most 1,000.")
]
StartKey = Annotated[str, Query(max_length=4096, description="The `next_key` of the page before.")]
Answer = HttpResponse | StreamingHttpResponse
FAULTS = dict.fromkeys((400, 401, 404, 422, 429), Problem)


def in_json(kind: Kind) -> Callable[..., Answer]:
    """Return the operation that exports a kind as an array, or page by page."""

    def export(
        request: OrganizationRequest,
        search: Search = "",
        fields: Fields = "",
        page_size: PageSize = None,
        start_key: StartKey = "",
    ) -> Answer:
        access = request.auth
        if page_size is None and not start_key:
            documents = kinds.every(access, kind, search, fields)
            return stream(answers.json_array(documents), answers.JSON)
        size = page_size or 100
        return answer(kinds.page(access, kind, search, fields, start_key=start_key, page_size=size))

    return export


def in_lines(kind: Kind) -> Callable[..., Answer]:
    """Return the operation that exports a kind as one object per line."""

    def export(request: OrganizationRequest, search: Search = "", fields: Fields = "") -> Answer:
        documents = kinds.every(request.auth, kind, search, fields)
        return stream(answers.json_lines(documents), answers.JSONL, name=f"{kind.name}.jsonl")

    return export


def in_table(kind: Kind) -> Callable[..., Answer]:
    """Return the operation that exports a kind as CSV."""

    def export(request: OrganizationRequest, search: Search = "", fields: Fields = "") -> Answer:
        names = kinds.chosen(kind.fields, fields) or kind.fields
        documents = kinds.every(request.auth, kind, search)
        return stream(csv_lines(documents, names), answers.CSV, name=f"{kind.name}.csv")

    return export


def as_nmap(request: OrganizationRequest, search: Search = "") -> Answer:
    """Export assets as nmap writes them."""
    at = int(request.auth.now.timestamp())
    documents: Iterator[dict[str, Any]] = kinds.every(request.auth, KINDS["assets"], search)
    return stream(nmap_xml(documents, at=at), answers.XML, name="assets.nmap.xml")


def mount(
    path: str, view: Callable[..., Answer], *, summary: str, content: str, schema: Any
) -> None:
    """Add an operation whose answer is a stream of some type."""
    documented = {
        "responses": {
            200: {"description": "OK", "content": {content: {"schema": {"type": "string"}}}}
        }
    }
    router.add_api_operation(
        path,
        ["GET"],
        view,
        summary=summary,
        operation_id=f"export_{path.strip('/').replace('.', '_').replace('/', '_')}",
        response={200: schema, **FAULTS},
        openapi_extra=documented if schema is None else None,
    )


for _kind in KINDS.values():
    _title = f"Export {'directory ' if _kind.name in {'users', 'groups'} else ''}{_kind.name}"
    mount(
        f"/{_kind.name}.json",
        in_json(_kind),
        summary=f"{_title} as JSON",
        content=answers.JSON,
        schema=list[_kind.schema] | _kind.page,  # type: ignore[name-defined]
    )
    mount(
        f"/{_kind.name}.jsonl",
        in_lines(_kind),
        summary=f"{_title} as JSON lines",
        content=answers.JSONL,
        schema=None,
    )
    mount(
        f"/{_kind.name}.csv",
        in_table(_kind),
        summary=f"{_title} as CSV",
        content="text/csv",
        schema=None,
    )
mount(
    "/assets.nmap.xml",
    as_nmap,
    summary="Export assets as nmap's XML",
    content="text/xml",
    schema=None,
)
