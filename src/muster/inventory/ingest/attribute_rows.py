"""Writing the rows of `*_attribute`: only what changed, key by key as the index is."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from muster.inventory import engine
from muster.inventory.attributes import Pair
from muster.inventory.ingest.context import RunContext
from muster.inventory.models.feeds import Inventory
from muster.inventory.schema import RECENT

TABLES = {
    Inventory.ASSETS: ("asset_attribute", "asset_id"),
    Inventory.USERS: ("user_attribute", "user_id"),
    Inventory.GROUPS: ("group_attribute", "group_id"),
    Inventory.SERVICES: ("service_attribute", "service_id"),
}

# Under each key: value, owner, value, owner, ... A million tuples would cost more than their
# insertion, and sorting them more than it saves: grouped by key, neighbours are near enough.
Flat = defaultdict[str, list[str | int]]


def _flat() -> Flat:
    return defaultdict(list)


@dataclass(slots=True)
class PairChanges:
    """Which values, of which owners, come and go under each key in one batch."""

    added: Flat = field(default_factory=_flat)
    removed: list[tuple[str, str, int]] = field(default_factory=list)

    def add(self, owner: int, pairs: Iterable[Pair]) -> None:
        """Note all pairs of a new owner; the same pair twice is one."""
        added = self.added
        for key, value in pairs:
            added[key] += (value, owner)

    def change(self, owner: int, *, before: set[Pair], after: set[Pair]) -> None:
        """Note the difference for an owner that is there already."""
        self.add(owner, after - before)
        self.removed += [(key, value, owner) for key, value in before - after]


def write(context: RunContext, inventory: Inventory, changes: PairChanges) -> None:
    """Apply the changes to the inventory's attributes."""
    removed_keys = {key for key, _, _ in changes.removed}
    numbers = context.keys.numbers(inventory, changes.added.keys() | removed_keys)
    table, owner = TABLES[inventory]
    organization = context.organization_id
    removed = [(organization, numbers[key], value, each) for key, value, each in changes.removed]
    for each in (table, table + RECENT):
        engine.execute_many(
            f"DELETE FROM {each} WHERE organization_id = %s AND key_id = %s AND value = %s"
            f" AND {owner} = %s",
            removed,
        )
    in_order = sorted((numbers[key], flat) for key, flat in changes.added.items())
    groups = (((organization, number), flat) for number, flat in in_order)
    target = context.bulk.target(table, sum(len(flat) // 2 for _, flat in in_order))
    engine.insert_missing(target, ("organization_id", "key_id", "value", owner), groups)
