"""Writing the rows of `*_attribute`: only what changed, key by key as the index is."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from operator import itemgetter

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

# Under each key, the value of each owner; a million tuples would cost more than their insertion.
Texts = defaultdict[str, dict[int, str]]


def _texts() -> Texts:
    return defaultdict(dict)


@dataclass(slots=True)
class PairChanges:
    """Which values, of which owners, come and go under each key in one batch.

    `more` are the values of owners that have several under one key, besides the first.
    """

    added: Texts = field(default_factory=_texts)
    more: set[tuple[str, str, int]] = field(default_factory=set)
    removed: list[tuple[str, str, int]] = field(default_factory=list)

    def add(self, owner: int, pairs: Iterable[Pair]) -> None:
        """Note all pairs of a new owner; the same pair twice is one."""
        added = self.added
        for key, value in pairs:
            texts = added[key]
            if texts.setdefault(owner, value) != value:
                self.more.add((key, value, owner))

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
    columns = ("organization_id", "key_id", "value", owner)
    removed = [(organization, numbers[key], value, each) for key, value, each in changes.removed]
    for each in (table, table + RECENT):
        engine.delete_rows(each, columns, removed)
    rows = sum(map(len, changes.added.values())) + len(changes.more)
    target = context.bulk.target(table, rows)
    groups = sorted(
        ((numbers[key], texts) for key, texts in changes.added.items()), key=itemgetter(0)
    )
    numbered = [((organization, number), texts) for number, texts in groups]
    engine.insert_texts(target, columns, numbered)
    more = [(organization, numbers[key], value, each) for key, value, each in changes.more]
    engine.insert(target, columns, more, update="DO NOTHING", is_clear=True)
