"""Numbers of attribute names, so that a million values need not repeat them."""

from collections.abc import Iterable

from muster.inventory import engine
from muster.inventory.attributes import LONGEST_KEY
from muster.inventory.models.feeds import Inventory


class AttributeKeys:
    """Looks numbers up once per run and makes those that are missing."""

    def __init__(self, organization_id: int) -> None:
        """Know nothing yet; the first use reads what there is."""
        self._organization_id = organization_id
        self._numbers: dict[Inventory, dict[str, int]] = {}

    def numbers(self, inventory: Inventory, names: Iterable[str]) -> dict[str, int]:
        """Return the numbers of at least these names, making new ones where needed."""
        known = self._numbers.get(inventory)
        if known is None:
            known = self._read(inventory)
        missing = {name for name in names if name not in known}
        if missing:
            self._make(inventory, sorted(missing))
            known = self._read(inventory)
        return known

    def forget(self) -> None:
        """Forget all: after a transaction was rolled back, so were the numbers it made."""
        self._numbers.clear()

    def _read(self, inventory: Inventory) -> dict[str, int]:
        found = engine.rows(
            "SELECT name, id FROM inventory_attributekey"
            " WHERE organization_id = %s AND inventory = %s",
            (self._organization_id, inventory),
        )
        self._numbers[inventory] = dict(found)
        return self._numbers[inventory]

    def _make(self, inventory: Inventory, names: list[str]) -> None:
        engine.execute_many(
            "INSERT INTO inventory_attributekey (organization_id, inventory, name, folded)"
            " VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING",
            [
                (self._organization_id, inventory, name, name.casefold()[:LONGEST_KEY])
                for name in names
            ],
        )
