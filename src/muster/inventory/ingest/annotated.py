"""What people said of assets: it makes them found, and goes along where assets merge."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from muster.inventory import engine
from muster.inventory.attributes import Pair
from muster.inventory.ingest.asset_rows import InOrganization
from muster.inventory.models.annotations import AnnotationKind
from muster.query.values.patterns import fold

TABLE = "inventory_annotation"
_COLUMNS = ("kind", "name", "value", "made_by", "made_at")
_KEYS = {
    AnnotationKind.TAG: "_asset.tag",
    AnnotationKind.COMMENTS: "_asset.comments",
    AnnotationKind.CRITICALITY: "_asset.criticality",
    AnnotationKind.OWNER: "_asset.owner",
}


@dataclass(frozen=True, slots=True)
class Annotated:
    """One annotation, as it is stored."""

    kind: int
    name: str
    value: str
    made_by: str
    made_at: int

    @property
    def text(self) -> str:
        """What it is found by: a tag as `key=value`, else its value."""
        if self.kind != AnnotationKind.TAG:
            return self.value
        return f"{self.name}={self.value}" if self.value else self.name


Annotations = Mapping[int, Sequence[Annotated]]
NONE: Annotations = {}


def read(context: InOrganization, assets: Iterable[int]) -> dict[int, list[Annotated]]:
    """Return the annotations of some assets, by asset; nothing is asked where nobody made any."""
    wanted = list(assets)
    organization = context.organization_id
    if not wanted or not engine.rows(
        f"SELECT 1 FROM {TABLE} WHERE organization_id = %s LIMIT 1", (organization,)
    ):
        return {}
    found = engine.rows(
        f"SELECT asset_key, {', '.join(_COLUMNS)} FROM {TABLE}"
        f" WHERE organization_id = %s AND {engine.among('asset_key')}"
        " ORDER BY asset_key, kind, name",
        (organization, engine.listed(wanted)),
    )
    annotations: dict[int, list[Annotated]] = {}
    for asset, *columns in found:
        annotations.setdefault(asset, []).append(Annotated(*columns))
    return annotations


def pairs(annotations: Iterable[Annotated]) -> list[Pair]:
    """Return what an asset is found by because people said so."""
    return [
        (_KEYS[AnnotationKind(each.kind)], fold(each.text)) for each in annotations if each.text
    ]


def words(annotations: Iterable[Annotated]) -> list[str]:
    """Return what free words are looked up in besides."""
    return [fold(each.text) for each in annotations if each.kind == AnnotationKind.TAG]


def follow(
    context: InOrganization, known: Annotations, heirs: Mapping[int, int | None]
) -> dict[int, list[Annotated]]:
    """Move what was said of assets that are emptied to those that their records went to.

    What was said of the heir itself holds. Returns what is said of each asset now.
    """
    now = {asset: list(rows) for asset, rows in known.items() if asset not in heirs}
    for emptied in sorted(heirs):
        heir = heirs[emptied]
        if heir is not None and emptied in known:
            held = {(each.kind, each.name) for each in now.get(heir, ())}
            fresh = [each for each in known[emptied] if (each.kind, each.name) not in held]
            now.setdefault(heir, []).extend(fresh)
            insert(context, {heir: fresh})
    remove(context, [each for each in heirs if each in known])
    return now


def insert(context: InOrganization, annotations: Annotations) -> None:
    """Write annotations, over what was said of the same before."""
    engine.insert(
        TABLE,
        ("organization_id", "asset_key", *_COLUMNS),
        [
            (
                *(context.organization_id, asset, each.kind),
                *(each.name, each.value, each.made_by, each.made_at),
            )
            for asset, rows in annotations.items()
            for each in rows
        ],
        update="(organization_id, asset_key, kind, name) DO UPDATE SET value = excluded.value,"
        " made_by = excluded.made_by, made_at = excluded.made_at",
    )


def remove(context: InOrganization, assets: Sequence[int]) -> None:
    """Forget all that people said of some assets."""
    if assets:
        engine.execute(
            f"DELETE FROM {TABLE} WHERE organization_id = %s AND {engine.among('asset_key')}",
            (context.organization_id, engine.listed(assets)),
        )
