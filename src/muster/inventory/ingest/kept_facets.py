"""The facets of all assets, counted again at the end of every ingest."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction

from muster.inventory import engine
from muster.inventory.facet import grouped, ranked
from muster.inventory.ingest.context import RunContext
from muster.inventory.models import KeptFacet
from muster.inventory.models.feeds import Inventory

MOST_KEPT = 100
"""So many values of each facet are kept; of the rest, how many there are."""

Numbers = list[tuple[str, int]]

_COLUMNS = {"os": ("_asset.os", "os"), "type": ("_asset.type", "device_type")}


@dataclass(frozen=True, slots=True)
class _Counted:
    """Values with their numbers in order, how many there are in all, and who has any."""

    values: Numbers
    different: int
    having: int


def refresh(context: RunContext, *, at: int) -> None:
    """Count all facets of the organization and keep them, `at` in Unix seconds.

    Who ends at the same time waits, so that the last to count has seen what both wrote.
    """
    organization_id = context.organization_id
    with transaction.atomic():
        _wait_for_others(organization_id)
        total = _total(organization_id)
        for name, counted in _counted(organization_id).items():
            KeptFacet.objects.update_or_create(
                organization_id=organization_id,
                facet=name,
                defaults={
                    "values": counted.values[:MOST_KEPT],
                    "total": total,
                    "missing": total - counted.having,
                    "other_values": max(0, counted.different - MOST_KEPT),
                    "counted_at": at,
                },
            )


def _wait_for_others(organization_id: int) -> None:
    """Let one at a time count; on SQLite only one writes anyway.

    NO KEY: whoever writes rows that refer to the organization need not wait.
    """
    if engine.is_postgresql():
        engine.rows(
            "SELECT id FROM organizations_organization WHERE id = %s FOR NO KEY UPDATE",
            (organization_id,),
        )


def _counted(organization_id: int) -> dict[str, _Counted]:
    masks = engine.rows(
        "SELECT source_mask, COUNT(*) FROM inventory_asset WHERE organization_id = %s"
        " AND source_mask <> 0 GROUP BY source_mask",
        (organization_id,),
    )
    return {
        **{name: _by_key(organization_id, *where) for name, where in _COLUMNS.items()},
        "site": _by_site(organization_id),
        "source": _whole(_by_source(masks), having=sum(number for _, number in masks)),
        "source_combination": _whole((str(mask), number) for mask, number in masks),
    }


def _total(organization_id: int) -> int:
    found = engine.rows(
        "SELECT COUNT(*) FROM inventory_asset WHERE organization_id = %s", (organization_id,)
    )
    return int(found[0][0])


def _by_key(organization_id: int, key: str, column: str) -> _Counted:
    """Count in one pass of the key's part of the index; an example of each value spells it."""
    held = (
        "SELECT value, asset_id AS owner FROM asset_attribute WHERE organization_id = %s"
        " AND key_id = (SELECT id FROM inventory_attributekey WHERE organization_id = %s"
        " AND inventory = %s AND name = %s) AND value > ''"
    )
    found = engine.rows(
        f"SELECT t.{column}, top.number, top.numbers, top.different FROM ({grouped(held)}) top"
        " JOIN inventory_asset t ON t.id = top.example ORDER BY top.number DESC, top.value",
        (organization_id, organization_id, Inventory.ASSETS.value, key, MOST_KEPT),
    )
    return _Counted(
        values=[(text, number) for text, number, _, _ in found],
        different=int(found[0][3]) if found else 0,
        having=int(found[0][2]) if found else 0,
    )


def _by_site(organization_id: int) -> _Counted:
    found = engine.rows(
        "SELECT o.name, t.number FROM (SELECT site_id, COUNT(*) AS number FROM inventory_asset"
        " WHERE organization_id = %s GROUP BY site_id) t JOIN organizations_site o"
        " ON o.id = t.site_id",
        (organization_id,),
    )
    return _whole(found)


def _by_source(masks: Sequence[tuple[int, int]]) -> Numbers:
    numbers: dict[str, int] = {}
    for mask, number in masks:
        for source in range(mask.bit_length()):
            if mask >> source & 1:
                numbers[str(source)] = numbers.get(str(source), 0) + number
    return list(numbers.items())


def _whole(numbers: Iterable[tuple[str, int]], *, having: int | None = None) -> _Counted:
    values = [(each.value, each.number) for each in ranked(numbers)]
    own = sum(number for _, number in values)
    return _Counted(values=values, different=len(values), having=own if having is None else having)
