"""From machines to assets: which asset each record belongs to now, keeping what can be kept."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from muster.correlate import Link
from muster.inventory import engine
from muster.inventory.ingest.asset_rows import Row

Machine = dict[int, Link]
"""The records of one machine, each with why it is one."""

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
    machines: Iterable[Machine],
    rows: Mapping[int, Row],
    *,
    stays_out: Callable[[Row], bool],
    taken: set[int],
) -> Placement:
    """Give every machine one asset, but none of those that are taken; those given are added.

    A machine keeps the oldest asset that any of its records has. Where records of one asset are
    now of two machines, the machine of its first record (scans first) keeps it. No asset is made
    of a machine that no scan has seen and of which each record `stays_out`; nor does it keep one
    that another lays claim to.
    """
    placement = Placement()
    unknown, others = _parted(machines, rows, stays_out)
    _make(placement, _without_asset(placement, others, rows, taken), rows)
    for machine in _without_asset(placement, unknown, rows, taken):
        placement.assets.update(dict.fromkeys(machine, None))
    return placement


def _parted(
    machines: Iterable[Machine], rows: Mapping[int, Row], stays_out: Callable[[Row], bool]
) -> tuple[list[Machine], list[Machine]]:
    """Return the machines of which no asset is to be made, and the others."""
    parted: tuple[list[Machine], list[Machine]] = [], []
    for machine in sorted(machines, key=lambda machine: min(rows[each].order for each in machine)):
        is_unknown = all(
            rows[each].source_id != SCANS and stays_out(rows[each]) for each in machine
        )
        parted[not is_unknown].append(machine)
    return parted


def _without_asset(
    placement: Placement, machines: Iterable[Machine], rows: Mapping[int, Row], taken: set[int]
) -> list[Machine]:
    """Give machines the assets that they have; return those that have none to keep."""
    homeless: list[Machine] = []
    for machine in machines:
        placement.links.update(machine)
        held = {asset for each in machine if (asset := rows[each].asset) is not None} - taken
        if held:
            taken.add(min(held))
            placement.assets.update(dict.fromkeys(machine, min(held)))
        else:
            homeless.append(machine)
    return homeless


def _make(placement: Placement, homeless: list[Machine], rows: Mapping[int, Row]) -> None:
    for asset, machine in zip(engine.allocate(ASSETS, len(homeless)), homeless, strict=True):
        placement.assets.update(dict.fromkeys(machine, asset))
        placement.made[asset] = rows[min(machine)].site
