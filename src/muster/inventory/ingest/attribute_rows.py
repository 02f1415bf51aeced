"""Writing the rows of `*_attribute`: only what changed, in the order of the index."""

from collections.abc import Mapping
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


@dataclass(slots=True)
class PairChanges:
    """Which pairs of which owners come and go in one batch."""

    added: list[tuple[str, str, int]] = field(default_factory=list)
    removed: list[tuple[str, str, int]] = field(default_factory=list)

    def change(self, owner: int, *, before: set[Pair], after: set[Pair]) -> bool:
        """Note the difference for one owner and return whether there is any."""
        added, removed = after - before, before - after
        self.added.extend((key, value, owner) for key, value in added)
        self.removed.extend((key, value, owner) for key, value in removed)
        return bool(added or removed)


def write(context: RunContext, inventory: Inventory, changes: PairChanges) -> None:
    """Apply the changes to the inventory's attribute table."""
    names = {key for key, _, _ in changes.added} | {key for key, _, _ in changes.removed}
    if not names:
        return
    numbers = context.keys.numbers(inventory, names)
    table, owner = _TABLES[inventory]
    _delete(table, owner, _numbered(context, numbers, changes.removed))
    engine.insert(
        table,
        ("organization_id", "key_id", "value", owner),
        _numbered(context, numbers, changes.added),
        update="DO NOTHING",
    )


def delete_owners(context: RunContext, owners: Mapping[int, set[Pair]]) -> None:
    """Delete all pairs of assets that are no more."""
    changes = PairChanges()
    for owner, pairs in owners.items():
        changes.change(owner, before=pairs, after=set())
    write(context, Inventory.ASSETS, changes)


def _delete(table: str, owner: str, rows: list[tuple[int, int, str, int]]) -> None:
    engine.execute_many(
        f"DELETE FROM {table} WHERE organization_id = %s AND key_id = %s AND value = %s"
        f" AND {owner} = %s",
        rows,
    )


def _numbered(
    context: RunContext, numbers: Mapping[str, int], pairs: list[tuple[str, str, int]]
) -> list[tuple[int, int, str, int]]:
    # Sorted as the index is: neighbours land on the same page, twice as fast on SQLite.
    organization = context.organization_id
    return sorted((organization, numbers[key], value, owner) for key, value, owner in pairs)
