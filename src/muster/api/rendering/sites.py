"""Sites, as existing clients read them (reference console-api.md, Site)."""

from muster.api.rendering.assets import JSON
from muster.api.rendering.plain import seconds
from muster.organizations.models import Organization, Site


def site_document(site: Site, organization: Organization, *, assets: int = 0) -> JSON:
    """Return one site, with how many assets it has."""
    return {
        "id": str(site.uid),
        "created_at": seconds(site.created_at),
        "updated_at": seconds(site.created_at),
        "organization_id": str(organization.uid),
        "name": site.name,
        "description": site.description,
        "scope": site.scope,
        "excludes": site.excludes,
        "subnets": dict(site.subnets),
        "asset_count": assets,
    }
