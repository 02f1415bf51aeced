"""How much an organization has, counted by its rows."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count

from muster.inventory.models import Asset, Service
from muster.organizations.scope import Scope


@dataclass(frozen=True, slots=True)
class Totals:
    """Assets and services of an organization."""

    assets: int
    services: int
    by_transport: Mapping[str, int]


def totals(scope: Scope) -> Totals:
    """Return how many assets and services there are."""
    services = Service.objects.filter(organization=scope.organization, asset__isnull=False)
    counted = services.order_by().values_list("transport").annotate(number=Count("pk"))
    by_transport = {str(transport): int(number) for transport, number in counted}
    return Totals(
        assets=Asset.objects.filter(organization=scope.organization).count(),
        services=sum(by_transport.values()),
        by_transport=by_transport,
    )


def site_counts(scope: Scope) -> dict[int, int]:
    """Return how many assets each site has, by its key."""
    assets = Asset.objects.filter(organization=scope.organization)
    return dict(assets.order_by().values_list("site_id").annotate(number=Count("pk")))
