"""What people say of assets, for lists and exports."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from muster.inventory.models import Annotation, AnnotationKind
from muster.inventory.ownership_types import ownership_types
from muster.organizations.scope import Scope


@dataclass(frozen=True, slots=True)
class Owner:
    """An owner that a person named, with the way of owning."""

    type_id: str
    type_name: str
    owner: str


@dataclass(frozen=True, slots=True)
class Annotations:
    """All that people say of one asset."""

    tags: Mapping[str, str] = field(default_factory=dict)
    comments: str = ""
    criticality: str = ""
    owners: tuple[Owner, ...] = ()


NOTHING = Annotations()


def annotations_of(scope: Scope, assets: Iterable[int]) -> dict[int, Annotations]:
    """Return what is said of assets of the scope, by key; nothing of those without any."""
    found = Annotation.objects.filter(organization=scope.organization, asset_key__in=list(assets))
    by_asset: dict[int, list[Annotation]] = {}
    for each in found.order_by("asset_key", "kind", "name"):
        by_asset.setdefault(each.asset_key, []).append(each)
    names = _type_names() if by_asset else {}
    return {asset: _annotations(rows, names) for asset, rows in by_asset.items()}


def _annotations(rows: Iterable[Annotation], names: Mapping[str, str]) -> Annotations:
    of_kind: dict[int, list[Annotation]] = {}
    for each in rows:
        of_kind.setdefault(each.kind, []).append(each)
    return Annotations(
        tags={each.name: each.value for each in of_kind.get(AnnotationKind.TAG, ())},
        comments=_one(of_kind.get(AnnotationKind.COMMENTS, ())),
        criticality=_one(of_kind.get(AnnotationKind.CRITICALITY, ())),
        owners=tuple(
            Owner(each.name, names.get(each.name, ""), each.value)
            for each in of_kind.get(AnnotationKind.OWNER, ())
        ),
    )


def _one(rows: Iterable[Annotation]) -> str:
    return next((each.value for each in rows), "")


def _type_names() -> dict[str, str]:
    return {str(each.uid): each.name for each in ownership_types()}
