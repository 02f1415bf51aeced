"""Exports of sites and tasks, and of inventories that Muster has no data for."""

from collections.abc import Callable, Sequence
from typing import Any

from ninja import Router, Schema

from muster.api import answers
from muster.api.access import OrganizationRequest
from muster.api.answers import stream
from muster.api.export.inventories import FAULTS, Answer, Fields, Search
from muster.api.export.kinds import chosen
from muster.api.export.tables import csv_lines
from muster.api.rendering.assets import JSON
from muster.api.schemas.inventory import Site
from muster.api.schemas.tasks import Task
from muster.api.telling import site_documents, task_documents

router = Router(tags=["export"])

Read = Callable[[OrganizationRequest, str], Sequence[JSON]]


def _sites(request: OrganizationRequest, search: str) -> Sequence[JSON]:
    return site_documents(request.auth, search)


def _tasks(request: OrganizationRequest, search: str) -> Sequence[JSON]:
    return task_documents(request.auth, search)


def _none(_request: OrganizationRequest, _search: str) -> Sequence[JSON]:
    return []


class NotKept(Schema):
    """One thing of an inventory that Muster has no data for; there is never one."""


_NOT_KEPT: dict[str, list[str]] = {
    "wireless": ["id", "essid", "bssid", "authentication", "encryption", "last_seen"],
    "software": ["id", "vendor", "product", "version", "asset_id"],
    "vulnerabilities": ["id", "name", "severity", "cve", "asset_id"],
    "certificates": ["id", "subject", "issuer", "validity_start", "validity_end"],
    "findings": ["id", "name", "category", "risk_rank", "instance_count"],
}


def _in_json(read: Read, known: Sequence[str], content: str) -> Callable[..., Answer]:
    def export(request: OrganizationRequest, search: Search = "", fields: Fields = "") -> Answer:
        wanted = chosen(known, fields) or list(known)
        documents = ({name: each[name] for name in wanted} for each in read(request, search))
        lines = content == answers.JSONL
        chunks = answers.json_lines(documents) if lines else answers.json_array(documents)
        return stream(chunks, content)

    return export


def _in_table(read: Read, known: Sequence[str], name: str) -> Callable[..., Answer]:
    def export(request: OrganizationRequest, search: Search = "", fields: Fields = "") -> Answer:
        wanted = chosen(known, fields) or list(known)
        return stream(csv_lines(read(request, search), wanted), answers.CSV, name=f"{name}.csv")

    return export


def _mount(name: str, form: str, view: Callable[..., Answer], schema: Any) -> None:
    router.add_api_operation(
        f"/{name}.{form}",
        ["GET"],
        view,
        summary=f"Export {name} as {form.upper()}",
        operation_id=f"export_{name}_{form}".replace(".", "_"),
        response={200: schema, **FAULTS},
    )


_ALL: dict[str, tuple[Read, list[str], type[Schema]]] = {
    "sites": (_sites, list(Site.model_fields), Site),
    "tasks": (_tasks, list(Task.model_fields), Task),
    **{name: (_none, names, NotKept) for name, names in _NOT_KEPT.items()},
}
for _name, (_read, _known, _schema) in _ALL.items():
    _mount(_name, "json", _in_json(_read, _known, answers.JSON), list[_schema])  # type: ignore[valid-type]
    _mount(_name, "jsonl", _in_json(_read, _known, answers.JSONL), None)
    if _name != "tasks":
        _mount(_name, "csv", _in_table(_read, _known, _name), None)
_mount("snmp.arpcache", "csv", _in_table(_none, ["address", "mac", "agent"], "snmp.arpcache"), None)
