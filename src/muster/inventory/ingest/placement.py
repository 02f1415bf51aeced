"""From machines to assets: which asset each record belongs to now, keeping what can be kept."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from muster.correlate import Link
from muster.inventory import engine
from muster.inventory.ingest.asset_rows import Row

ASSETS = "inventory_asset"
SCANS = 1


@dataclass(slots=True)
class Placement:
    """Where records belong.

    `assets` by record (None: excluded), `links` by record, and in `made` the assets that are yet
    to be made, each with its site.
    """

    assets: dict[int, int | None] = field(default_factory=dict)
    links: dict[int, Link] = field(default_factory=dict)
    made: dict[int, int] = field(default_factory=dict)


def place(
    machines: Iterable[dict[int, Link]],
    rows: Mapping[int, Row],
    *,
    stays_out: Callable[[Row], bool],
    taken: set[int],
) -> Placement:
    """Give every machine one asset, but none of those that are taken; those given are added.

    A machine keeps the oldest asset that any of its records has. Where records of one asset are
    now of two machines, the machine of its first record (scans first) keeps it. No asset is made
    of a machine that no scan has seen and of which each record `stays_out`.
    """
    placement = Placement()
    ordered = sorted(machines, key=lambda machine: min(rows[each].order for each in machine))
    homeless: list[dict[int, Link]] = []
    for machine in ordered:
        placement.links.update(machine)
        held = {asset for each in machine if (asset := rows[each].asset) is not None} - taken
        if held:
            taken.add(min(held))
            placement.assets.update(dict.fromkeys(machine, min(held)))
        elif all(rows[each].source_id != SCANS and stays_out(rows[each]) for each in machine):
            placement.assets.update(dict.fromkeys(machine, None))
        else:
            homeless.append(machine)
    _make(placement, homeless, rows)
    return placement


def _make(placement: Placement, homeless: list[dict[int, Link]], rows: Mapping[int, Row]) -> None:
    for asset, machine in zip(engine.allocate(ASSETS, len(homeless)), homeless, strict=True):
        placement.assets.update(dict.fromkeys(machine, asset))
        placement.made[asset] = rows[min(machine)].site
