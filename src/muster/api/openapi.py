"""The description of the API, with what holds for many operations said of each."""

from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

_OK, _NOT_FOUND = 200, 404
_EXPLORER = "{explorer_id}"
"""Existing clients know an Explorer that there is not by an empty object."""
_TABLES = {".csv": "text/csv", ".jsonl": "application/x-ndjson", ".xml": "text/xml"}
_PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
_OID = {
    "in": "query",
    "name": "_oid",
    "required": False,
    "schema": {"type": "string", "format": "uuid"},
    "description": "The organization, for tokens that see several.",
}
# With `fields`, a program asks for some of these only.
_CHOSEN = {
    "Asset",
    "Service",
    "DirectoryUser",
    "DirectoryGroup",
    "Site",
    "Task",
    "Event",
    "NotKept",
}


class DescribedAPI(NinjaAPI):
    """An API whose description is complete."""

    def get_openapi_schema(self, **given: Any) -> OpenAPISchema:
        """Return the description."""
        schema = super().get_openapi_schema(**given)
        for path, item in schema["paths"].items():
            for operation in item.values():
                _describe(path, operation)
        for name in _CHOSEN & schema["components"]["schemas"].keys():
            schema["components"]["schemas"][name].pop("required", None)
        return schema


def _describe(path: str, operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    for status, response in responses.items():
        if int(status) >= 400:  # noqa: PLR2004
            response["content"] = _PROBLEM
            response["description"] = "What is wrong, in a sentence."
    if _EXPLORER in path and _NOT_FOUND in responses:
        responses[_NOT_FOUND]["content"] = {"application/json": {"schema": {"type": "object"}}}
    if {"organization", "export", "muster"} & set(operation.get("tags", ())):
        operation.setdefault("parameters", []).append(_OID)
    kind = next((kind for end, kind in _TABLES.items() if path.endswith(end)), "")
    if kind and _OK in responses:
        responses[_OK]["content"] = {kind: {"schema": {"type": "string"}}}
    if path.endswith("/links/{ticket}"):
        responses[_OK]["content"] = {"*/*": {"schema": {"type": "string"}}}
    if "muster" in operation.get("tags", ()):
        operation["x-muster"] = True
    _upload(path, operation)


def _upload(path: str, operation: dict[str, Any]) -> None:
    """Say of a body that is a file that it is one."""
    if "/sites/{site_id}/import" in path:
        operation["requestBody"] = {
            "required": True,
            "content": {"application/octet-stream": {"schema": {"type": "string"}}},
        }
