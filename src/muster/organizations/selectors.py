"""Reading organizations and sites for lists."""

from django.db.models import QuerySet

from muster.organizations.models import Site
from muster.organizations.scope import Scope
from muster.query.document import Document
from muster.query.listing import Entry


def sites(scope: Scope) -> QuerySet[Site]:
    """Return the organization's sites, the first one first."""
    return Site.objects.filter(organization=scope.organization).order_by("pk")


def site_entries(scope: Scope) -> list[Entry]:
    """Return the organization's sites."""
    return [_entry(scope, each) for each in sites(scope)]


def organization_place(scope: Scope) -> tuple[str, str]:
    """Return the name and id by which a document's organization is asked for."""
    return scope.organization.name, str(scope.organization.uid)


def site_place(site: Site) -> tuple[str, str]:
    """Return the name and id by which a document's site is asked for."""
    return site.name, str(site.uid)


def _entry(scope: Scope, site: Site) -> Entry:
    subnets = sorted(site.subnets)
    return Entry(
        document=Document(
            uid=site.uid,
            texts={
                "name": (site.name,),
                "description": (site.description,),
                "scope": (site.scope,),
                "excludes": (site.excludes,),
                "subnet": subnets,
            },
            instants={"created_at": site.created_at},
            places={"organization": organization_place(scope)},
        ),
        fields={
            "id": str(site.uid),
            "name": site.name,
            "description": site.description,
            "scope": site.scope,
            "excludes": site.excludes,
            "subnets": subnets,
            "created_at": site.created_at,
        },
    )
