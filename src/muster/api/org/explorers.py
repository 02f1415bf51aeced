"""Explorers, hosted zones, and the scans that they would do."""

from django.http import HttpResponse
from ninja import Router

from muster.api.access import OrganizationAccess, OrganizationRequest
from muster.api.answers import answer
from muster.api.export.inventories import FAULTS, Search
from muster.api.problems import Problem, not_found
from muster.api.rendering.assets import JSON
from muster.api.schemas.tasks import Agent, AgentChange, HostedZone, ScanOptions, Task
from muster.api.telling import agent_documents, named_site

router = Router(tags=["organization"])

NO_AGENTS = "no available agents"


def explorer(access: OrganizationAccess, reference: str) -> JSON:
    """Return one Explorer. Raises Problem, without a word, if the organization has none such."""
    for each in agent_documents(access):
        if each["id"] == reference.strip().casefold():
            return each
    # Existing clients know this one by the lack of a title.
    raise Problem(404, "there is no such Explorer", body={})


def _list(request: OrganizationRequest, search: Search = "") -> HttpResponse:
    """List Explorers."""
    return answer(agent_documents(request.auth, search))


def _get(request: OrganizationRequest, explorer_id: str) -> HttpResponse:
    """Get one Explorer."""
    return answer(explorer(request.auth, explorer_id))


def _refuse(request: OrganizationRequest, explorer_id: str) -> HttpResponse:
    """Say why an Explorer is not changed here."""
    explorer(request.auth, explorer_id)
    raise Problem(400, "Explorers are changed in the console or with: muster explorer")


def _patch(request: OrganizationRequest, explorer_id: str, given: AgentChange) -> HttpResponse:
    """Change an Explorer."""
    return _refuse(request, explorer_id)


@router.get(
    "/hosted-zones", response={200: list[HostedZone], **FAULTS}, summary="List hosted zones"
)
def list_zones(request: OrganizationRequest) -> HttpResponse:
    """List the groups of Explorers that all may use: none, as nobody hosts any for you."""
    return answer([])


@router.get(
    "/hosted-zones/{hosted_zone_id}",
    response={200: HostedZone, **FAULTS},
    summary="Get a hosted zone",
)
def get_zone(request: OrganizationRequest, hosted_zone_id: str) -> HttpResponse:
    """Get one hosted zone."""
    raise not_found("hosted zone", hosted_zone_id)


@router.put("/sites/{site_id}/scan", response={200: Task, **FAULTS}, summary="Scan a site")
def scan_site(request: OrganizationRequest, site_id: str, given: ScanOptions) -> HttpResponse:
    """Start a scan by an Explorer."""
    return _scan(request, site_id)


@router.put("/sites/{site_id}/sample", response={200: Task, **FAULTS}, summary="Sample traffic")
def sample_site(request: OrganizationRequest, site_id: str) -> HttpResponse:
    """Start to sample traffic by an Explorer."""
    return _scan(request, site_id)


def _scan(request: OrganizationRequest, site_id: str) -> HttpResponse:
    named_site(request.auth.scope, site_id)
    if not any(each["connected"] for each in agent_documents(request.auth)):
        raise Problem(400, NO_AGENTS)
    raise Problem(400, "this server's Explorers take scans from tasks, not from this operation")


for _prefix in ("/explorers", "/agents"):
    _name = _prefix.strip("/")
    router.add_api_operation(
        _prefix,
        ["GET"],
        _list,
        summary=f"List {_name}",
        operation_id=f"list_{_name}",
        response={200: list[Agent], **FAULTS},
    )
    router.add_api_operation(
        f"{_prefix}/{{explorer_id}}",
        ["GET"],
        _get,
        summary=f"Get one of {_name}",
        operation_id=f"get_{_name}",
        response={200: Agent, **FAULTS},
    )
    router.add_api_operation(
        f"{_prefix}/{{explorer_id}}",
        ["DELETE"],
        _refuse,
        summary=f"Remove one of {_name}",
        operation_id=f"delete_{_name}",
        response={204: None, **FAULTS},
    )
    router.add_api_operation(
        f"{_prefix}/{{explorer_id}}",
        ["PATCH"],
        _patch,
        summary=f"Change one of {_name}",
        operation_id=f"patch_{_name}",
        response={200: Agent, **FAULTS},
    )
    router.add_api_operation(
        f"{_prefix}/{{explorer_id}}/update",
        ["POST"],
        _refuse,
        summary=f"Update one of {_name}",
        operation_id=f"update_{_name}",
        response={204: None, **FAULTS},
    )
