"""The facets that the end of the last ingest left, for pages that show them all the time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from muster.inventory.facet import Facet, FacetValue, ranked
from muster.inventory.models import KeptFacet
from muster.inventory.selectors.instants import instant
from muster.inventory.selectors.source_names import source_names
from muster.organizations.scope import Scope


@dataclass(frozen=True, slots=True)
class KeptFacets:
    """Facets of all assets, and when they were counted; None and empty before the first ingest.

    They are `os`, `type`, `site`, `source`, and `source_combination`, whose values name the
    sources that know an asset, joined by ` + `: `runzero` alone is what no directory knows.
    """

    at: datetime | None = None
    facets: Mapping[str, Facet] = field(default_factory=dict)


def kept_facets(scope: Scope) -> KeptFacets:
    """Return the facets as they were kept, without counting anything."""
    rows = list(KeptFacet.objects.filter(organization=scope.organization).order_by("facet"))
    counted_at = min((row.counted_at for row in rows), default=None)
    return KeptFacets(at=instant(counted_at), facets={row.facet: _facet(row) for row in rows})


def _facet(row: KeptFacet) -> Facet:
    name = _NAMES.get(row.facet)
    values = [FacetValue(value, number) for value, number in row.values]
    if name is not None:
        values = ranked((name(int(each.value)), each.number) for each in values)
    return Facet(
        by=row.facet,
        values=tuple(values),
        total=row.total,
        missing=row.missing,
        other_values=row.other_values,
    )


def _source(number: int) -> str:
    return _combination(1 << number)


def _combination(mask: int) -> str:
    return " + ".join(source_names(mask))


_NAMES: Mapping[str, Callable[[int], str]] = {
    "source": _source,
    "source_combination": _combination,
}
