"""Numbers of attribute names, and where their values lie, as a search needs them."""

from muster.inventory import engine
from muster.inventory.models.feeds import Inventory
from muster.inventory.schema import RECENT, all_attributes


class Keys:
    """Looks numbers up once per search; a name that nothing has needs no search at all."""

    def __init__(self, organization_id: int) -> None:
        """Know nothing yet."""
        self._organization_id = organization_id
        self._known: dict[tuple[Inventory, str], tuple[int, ...]] = {}
        self._tables: dict[str, str] = {}

    def numbers(self, inventory: Inventory, folded: str) -> tuple[int, ...]:
        """Return the numbers of the names that fold to this; several may differ in case."""
        asked = (inventory, folded)
        if asked not in self._known:
            found = engine.rows(
                "SELECT id FROM inventory_attributekey"
                " WHERE organization_id = %s AND inventory = %s AND folded = %s ORDER BY id",
                (self._organization_id, inventory.value, folded),
            )
            self._known[asked] = tuple(row[0] for row in found)
        return self._known[asked]

    def table(self, name: str) -> str:
        """Return what to read attributes from: their table, or more during a bulk load."""
        if name not in self._tables:
            some = engine.rows(
                f"SELECT 1 FROM {name}{RECENT} WHERE organization_id = %s LIMIT 1",
                (self._organization_id,),
            )
            self._tables[name] = all_attributes(name) if some else name
        return self._tables[name]
