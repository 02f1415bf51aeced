"""Exports in the forms of other programs, and figures as tables."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Any

from ninja import Query, Router

from muster.api import answers
from muster.api.access import OrganizationRequest
from muster.api.answers import stream
from muster.api.export import kinds
from muster.api.export.inventories import FAULTS, Answer, Search
from muster.api.export.kinds import KINDS
from muster.api.export.tables import csv_lines
from muster.api.rendering.assets import JSON
from muster.api.rendering.servicenow import servicenow_document
from muster.api.schemas.inventory import AssetServiceNow
from muster.inventory.selectors.subnets import subnet_usage

router = Router(tags=["export"])

_NOW_FIELDS = list(AssetServiceNow.model_fields)
_SERVICE_FIELDS = [
    *("service_id", "service_asset_id", "service_address", "service_transport", "service_port"),
    *("service_protocol", "service_summary", "name", "organization", "site"),
    *("first_discovered", "last_discovered"),
]
_USAGE_FIELDS = ["subnet", "size", "used", "unused", "percent_used"]
_CISCO_FIELDS = ["serial_number", "product_id", "name", "ip_address"]
_SERIALS = ("serialNumber", "serial_number", "serial", "snmp.serialNumbers", "hw.serialNumber")
Mask = Annotated[int, Query(ge=8, le=30, description="Length of the prefix, as in /24.")]


@router.get(
    "/assets.servicenow.json",
    summary="Export assets for ServiceNow as JSON",
    operation_id="export_assets_servicenow_json",
    response={200: list[AssetServiceNow], **FAULTS},
)
def assets_servicenow_json(request: OrganizationRequest, search: Search = "") -> Answer:
    """Export assets with the names of ServiceNow's import."""
    return stream(answers.json_array(_for_servicenow(request, search)), answers.JSON)


@router.get(
    "/assets.servicegraph.json",
    summary="Export assets for ServiceNow's Service Graph as JSON",
    operation_id="export_assets_servicegraph_json",
    response={200: list[AssetServiceNow], **FAULTS},
)
def assets_servicegraph_json(request: OrganizationRequest, search: Search = "") -> Answer:
    """Export assets with the names of ServiceNow's import."""
    return stream(answers.json_array(_for_servicenow(request, search)), answers.JSON)


@router.get(
    "/assets.servicenow.csv",
    summary="Export assets for ServiceNow as CSV",
    operation_id="export_assets_servicenow_csv",
    response={200: None, **FAULTS},
)
def assets_servicenow_csv(request: OrganizationRequest, search: Search = "") -> Answer:
    """Export assets with the names of ServiceNow's import."""
    return _table(_for_servicenow(request, search), _NOW_FIELDS, name="assets.servicenow.csv")


@router.get(
    "/services.servicenow.csv",
    summary="Export services for ServiceNow as CSV",
    operation_id="export_services_servicenow_csv",
    response={200: None, **FAULTS},
)
def services_servicenow_csv(request: OrganizationRequest, search: Search = "") -> Answer:
    """Export services with the names of ServiceNow's import."""
    found = kinds.every(request.auth, KINDS["services"], search)
    rows = ({**each, **servicenow_document(each)} for each in found)
    return _table(rows, _SERVICE_FIELDS, name="services.servicenow.csv")


@router.get(
    "/assets.cisco.csv",
    summary="Export serial numbers and models of Cisco hardware as CSV",
    operation_id="export_assets_cisco_csv",
    response={200: None, **FAULTS},
)
def assets_cisco_csv(request: OrganizationRequest, search: Search = "") -> Answer:
    """Export the serial numbers that Cisco's service asks for."""
    asked = f"vendor:cisco AND ({search})" if search.strip() else "vendor:cisco"
    found = kinds.every(request.auth, KINDS["assets"], asked)
    return _table(_cisco(found), _CISCO_FIELDS, name="assets.cisco.csv")


@router.get(
    "/subnet.stats.csv",
    summary="Export how full subnets are as CSV",
    operation_id="export_subnet_stats_csv",
    response={200: None, **FAULTS},
)
def subnet_stats_csv(request: OrganizationRequest, mask: Mask = 24) -> Answer:
    """Export how many addresses of each subnet are an asset's."""
    rows = [
        {
            "subnet": each.subnet,
            "size": each.size,
            "used": each.used,
            "unused": each.size - each.used,
            "percent_used": round(100 * each.used / each.size, 1),
        }
        for each in subnet_usage(request.auth.scope, mask)
    ]
    return _table(rows, _USAGE_FIELDS, name="subnet.stats.csv")


def _for_servicenow(request: OrganizationRequest, search: str) -> Iterator[JSON]:
    return map(servicenow_document, kinds.every(request.auth, KINDS["assets"], search))


def _cisco(assets: Iterable[JSON]) -> Iterator[JSON]:
    for each in assets:
        serials = dict.fromkeys(_serials(each))
        for serial in serials:
            yield {
                "serial_number": serial,
                "product_id": each["hw_product"],
                "name": next(iter(each["names"]), ""),
                "ip_address": next(iter(each["addresses"]), ""),
            }


def _serials(asset: JSON) -> Iterator[str]:
    said = [
        asset["attributes"],
        *(e for many in asset["foreign_attributes"].values() for e in many),
    ]
    for attributes in said:
        for name in _SERIALS:
            yield from (each for each in attributes.get(name, "").split("\t") if each)


def _table(rows: Iterable[dict[str, Any]], names: Sequence[str], *, name: str) -> Answer:
    return stream(csv_lines(rows, names), answers.CSV, name=name)
