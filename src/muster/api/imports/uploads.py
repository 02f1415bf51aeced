"""Files that programs upload: what custom integrations push, scans, and lists of hosts."""

import tempfile
from typing import Annotated, Any, BinaryIO, cast

from django.http import HttpResponse
from ninja import File, Form, Path, Router, Schema, UploadedFile
from pydantic import ConfigDict, Field

from muster.api.access import OrganizationAccess, OrganizationRequest
from muster.api.answers import answer
from muster.api.export.inventories import FAULTS
from muster.api.integrations import named_integration
from muster.api.problems import Problem
from muster.api.schemas.tasks import Task
from muster.api.telling import named_site, task_told
from muster.tasks.uploads import NewUpload, queue_upload

imports = Router(tags=["import"])
sites = Router(tags=["import"])
_IN_MEMORY = 8 * 1024 * 1024
_PIECE = 1024 * 1024
_TRUE = frozenset({"true", "t", "yes", "1", "on"})
_DONE = {200: Task, 413: FAULTS[400], **FAULTS}


class Push(Schema):
    """What comes beside the assets of a custom integration."""

    model_config = ConfigDict(populate_by_name=True)

    site_id: str = Field(alias="siteId")
    custom_integration_id: str = Field(alias="customIntegrationId")
    name: str = Field("", alias="importTask.name")
    description: str = Field("", alias="importTask.description")
    excludes_unknown: str = Field("", alias="importTask.excludeUnknown")
    tags: str = Field("", alias="importTask.tags")


@imports.post("/assets", response=_DONE, summary="Import assets of a custom integration")
def push_assets(
    request: OrganizationRequest,
    org_id: Path[str],
    given: Annotated[Push, Form()],
    data: Annotated[UploadedFile, File(alias="assetData")],
) -> HttpResponse:
    """Take assets, one JSON object per line, plain or gzip; a worker stores them.

    All of it is read first: if any cannot be, nothing is taken, and the answer says which.
    """
    access = request.auth
    name = given.name.strip() or f"Custom asset import {access.now:%Y-%m-%d %H:%M:%S}"
    new = NewUpload(
        name=name,
        site=named_site(access.scope, given.site_id),
        integration=named_integration(given.custom_integration_id),
        description=given.description,
        tags=given.tags[:1000],
        excludes_unknown=given.excludes_unknown.strip().casefold() in _TRUE,
    )
    return _queued(access, new, cast("BinaryIO", data.file))


@sites.put("/sites/{site_id}/import", response=_DONE, summary="Import a file into a site")
def import_file(request: OrganizationRequest, site_id: str) -> HttpResponse:
    """Take NDJSON of records or a scan, nmap's XML, or a list in CSV, plain or gzip."""
    access = request.auth
    site = named_site(access.scope, site_id)
    new = NewUpload(name=f"Import into {site.name}"[:200], site=site)
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as file:
        while piece := request.read(_PIECE):
            file.write(piece)
        file.seek(0)
        return _queued(access, new, cast("BinaryIO", file))


def _not_offered(what: str) -> Any:
    def refuse(request: OrganizationRequest, site_id: str) -> HttpResponse:
        named_site(request.auth.scope, site_id)
        raise Problem(
            400, f"Muster does not read {what}; it reads its own scans, nmap's XML and CSV"
        )

    return refuse


for _path, _what in (("nessus", "Nessus files"), ("packet", "packet captures")):
    sites.add_api_operation(
        f"/sites/{{site_id}}/import/{_path}",
        ["PUT"],
        _not_offered(_what),
        summary=f"Import {_what} (not offered)",
        operation_id=f"import_{_path}",
        response=_DONE,
    )


def _queued(access: OrganizationAccess, new: NewUpload, file: BinaryIO) -> HttpResponse:
    task = queue_upload(access.scope, new, file, at=access.now)
    return answer(task_told(access.scope, task))
