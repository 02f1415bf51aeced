"""Organizations, as existing clients read them (reference console-api.md, Organization)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from muster.api.rendering.assets import JSON
from muster.api.rendering.plain import NO_ID, seconds
from muster.inventory.retention import Policy
from muster.organizations.models import Organization
from muster.tokens.models import Token


@dataclass(frozen=True, slots=True)
class Figures:
    """How much an organization has."""

    assets: int = 0
    services: int = 0
    by_transport: Mapping[str, int] = field(default_factory=dict)


def organization_document(
    organization: Organization,
    *,
    policy: Policy,
    figures: Figures,
    export_token: Token | None = None,
    download_token: Token | None = None,
) -> JSON:
    """Return one organization. Its tokens are told by when they were made, never themselves."""
    settings = policy.settings()
    return {
        "id": str(organization.uid),
        "created_at": seconds(organization.created_at),
        "updated_at": seconds(organization.created_at),
        "client_id": NO_ID,
        "name": organization.name,
        "description": organization.description,
        "inactive": False,
        "deactivated_at": 0,
        "project": False,
        "parent_id": NO_ID,
        "asset_count": figures.assets,
        "service_count": figures.services,
        **{
            f"service_count_{each}": figures.by_transport.get(each, 0)
            for each in ("tcp", "udp", "arp", "icmp")
        },
        **{name: int(settings[name]) for name in _DAYS},
        "expiration_vulnerabilities": 0,
        "keep_latest_integration_attributes": bool(settings["keep_latest_integration_attributes"]),
        "download_token": "",
        "download_token_created_at": seconds(download_token.created_at if download_token else None),
        "export_token": "",
        "export_token_created_at": seconds(export_token.created_at if export_token else None),
        "export_token_last_used_at": seconds(export_token.last_used_at if export_token else None),
        "export_token_last_used_by": export_token.last_used_ip if export_token else "",
        "export_token_counter": export_token.counter if export_token else 0,
    }


_DAYS = (
    "expiration_assets_stale",
    "expiration_assets_offline",
    "expiration_integration_attributes",
    "expiration_scans",
)
