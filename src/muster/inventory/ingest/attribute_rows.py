"""Writing the rows of `*_attribute`: only what changed, in the order of the index."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from muster.inventory import engine
from muster.inventory.attributes import Pair
from muster.inventory.ingest.context import RunContext
from muster.inventory.models.feeds import Inventory

_TABLES = {
    Inventory.ASSETS: ("asset_attribute", "asset_id"),
    Inventory.USERS: ("user_attribute", "user_id"),
    Inventory.GROUPS: ("group_attribute", "group_id"),
}

Values = defaultdict[str, list[tuple[str, int]]]


def _values() -> Values:
    return defaultdict(list)


@dataclass(slots=True)
class PairChanges:
    """Which values, of which owners, come and go under each key in one batch."""

    added: Values = field(default_factory=_values)
    removed: Values = field(default_factory=_values)

    def add(self, owner: int, pairs: Iterable[Pair]) -> None:
        """Note all pairs of a new owner; the same pair twice is one."""
        added = self.added
        for key, value in pairs:
            added[key].append((value, owner))

    def change(self, owner: int, *, before: set[Pair], after: set[Pair]) -> None:
        """Note the difference for an owner that is there already."""
        self.add(owner, after - before)
        for key, value in before - after:
            self.removed[key].append((value, owner))


def write(context: RunContext, inventory: Inventory, changes: PairChanges) -> None:
    """Apply the changes to the inventory's attribute table."""
    numbers = context.keys.numbers(inventory, changes.added.keys() | changes.removed.keys())
    table, owner = _TABLES[inventory]
    for number, values in _in_order(changes.removed, numbers):
        engine.execute_many(
            f"DELETE FROM {table} WHERE organization_id = {context.organization_id}"
            f" AND key_id = {number} AND value = %s AND {owner} = %s",
            values,
        )
    organization = context.organization_id
    groups = (
        ((organization, number), values) for number, values in _in_order(changes.added, numbers)
    )
    engine.insert_missing(table, ("organization_id", "key_id", "value", owner), groups)


def _in_order(
    changed: Values, numbers: Mapping[str, int]
) -> Iterator[tuple[int, list[tuple[str, int]]]]:
    # In the order of the index: neighbours land on the same page, twice as fast on SQLite.
    for key in sorted(changed, key=numbers.__getitem__):
        yield numbers[key], sorted(changed[key])
