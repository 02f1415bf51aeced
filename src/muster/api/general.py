"""What is the same for all: versions, whether the server works, and how sources are called."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from muster import __version__
from muster.api.access import AccountRequest, OrganizationRequest
from muster.api.answers import answer
from muster.api.export.inventories import FAULTS
from muster.api.rendering.plain import NO_ID
from muster.api.schemas.accounts import Health, License, Version
from muster.api.telling import scopes
from muster.inventory.selectors.figures import totals
from muster.query.values.sources import every_source, source_display_name

open_to_all = Router(tags=["general"])
signed_in = Router(tags=["general"])
account = Router(tags=["account"])
_NEVER = 253_402_300_799


def _version_of(what: str) -> Any:
    def version(request: HttpRequest) -> HttpResponse:
        return answer({"id": what, "version": __version__})

    return version


for _what in ("agent", "scanner", "platform"):
    open_to_all.add_api_operation(
        f"/releases/{_what}/version",
        ["GET"],
        _version_of(_what),
        auth=None,
        summary=f"Get the version of the {_what}",
        operation_id=f"version_{_what}",
        response={200: Version},
    )


@open_to_all.get("/health", auth=None, response={200: Health}, summary="Get whether it works")
def health(request: HttpRequest) -> HttpResponse:
    """Say that the server answers; `/readyz` also asks the database."""
    return answer({"status": "ok", "version": __version__})


@account.get("/license", response={200: License, **FAULTS}, summary="Get the license")
def license_(request: AccountRequest) -> HttpResponse:
    """Say what one may do: everything, without end (Apache-2.0)."""
    own = scopes(request.auth)
    assets = sum(totals(each).assets for each in own)
    began = min(int(each.organization.created_at.timestamp()) for each in own)
    return answer(
        {
            "id": NO_ID,
            "name": "Muster",
            "license_type": "Apache-2.0, unlimited",
            "license_expiration": _NEVER,
            "license_max_assets": 2**31 - 1,
            "license_live_asset_count": assets,
            "license_project_asset_count": 0,
            "created_at": began,
            "updated_at": began,
            "activated_at": began,
            "via_reseller": False,
            "partner": "",
        }
    )


@signed_in.get("/metadata", response={200: dict[str, Any], **FAULTS}, summary="Get source names")
def metadata(request: OrganizationRequest) -> HttpResponse:
    """Say how the sources are called, by their numbers."""
    return answer({"Sources": source_names()})


def source_names() -> dict[str, str]:
    """Return the names of sources by their numbers."""
    known = {str(each): source_display_name(each) or "" for each in sorted(every_source()) if each}
    return {**known, "-1": "Custom"}
