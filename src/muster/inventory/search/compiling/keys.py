"""Numbers of attribute names, and where their values lie, as a search needs them."""

from collections.abc import Callable, Iterable, Iterator

from muster.inventory import engine
from muster.inventory.models.feeds import Inventory
from muster.inventory.schema import RECENT, all_attributes
from muster.inventory.search import limits
from muster.inventory.search.compiling.tables import TABLES
from muster.organizations.scope import Scope
from muster.query.conditions import (
    AllOf,
    AnyOf,
    AttributeIs,
    Condition,
    FreeText,
    RelatedTo,
    TextIs,
    Without,
)
from muster.query.values.patterns import fold


class Keys:
    """Looks numbers up once per search; a name that nothing has needs no search at all."""

    def __init__(self, organization_id: int) -> None:
        """Know nothing yet."""
        self._organization_id = organization_id
        self._known: dict[tuple[Inventory, str], tuple[int, ...]] = {}
        self._tables: dict[str, str] = {}
        self._few: dict[tuple[str, int], tuple[str, ...] | None] = {}

    def learn(self, condition: Condition, inventory: str) -> None:
        """Look all names of a condition up at once, and whether a bulk load runs."""
        asked: dict[tuple[Inventory, str], list[int]] = {}
        names: dict[str, list[int]] = {}
        for each, name in _names(condition, inventory):
            asked[TABLES[each].number, name] = []
            names[TABLES[each].attributes] = []
        if not asked:
            return
        for table, inventory_number, folded, number in self._look_up(asked, names):
            if table:
                names[table].append(number)
            elif (found := asked.get((Inventory(inventory_number), folded))) is not None:
                found.append(number)
        self._known |= {each: tuple(numbers) for each, numbers in asked.items()}
        for name, some in names.items():
            self._tables[name] = all_attributes(name) if some else name

    def _look_up(
        self, asked: Iterable[tuple[Inventory, str]], tables: Iterable[str]
    ) -> list[tuple[str, int, str, int]]:
        folded = sorted({name for _, name in asked})
        loading = "".join(
            f" UNION ALL SELECT '{each}', 0, '', 0 WHERE EXISTS"
            f" (SELECT 1 FROM {each}{RECENT} WHERE organization_id = %s)"
            for each in tables
        )
        statement = (
            "SELECT '', inventory, folded, id FROM inventory_attributekey"
            f" WHERE organization_id = %s AND folded IN ({', '.join(['%s'] * len(folded))})"
        )
        parameters = [self._organization_id, *folded]
        parameters += [self._organization_id] * loading.count("%s")
        return sorted(engine.rows(statement + loading, parameters))

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

    def few_values(self, name: str, number: int) -> tuple[str, ...] | None:
        """Return all values under a key if they are at most 256; None if there are more.

        The index is read from one value to the next, whatever number of owners each has.
        """
        asked = (name, number)
        if asked not in self._few:
            self._few[asked] = self._read_few(name, number)
        return self._few[asked]

    def _read_few(self, name: str, number: int) -> tuple[str, ...] | None:
        if self.table(name) != name:
            return None
        least = f"SELECT MIN(value) FROM {name} WHERE organization_id = %s AND key_id = %s"
        found = engine.rows(
            f"WITH RECURSIVE few(value) AS ({least} UNION ALL"
            f" SELECT ({least} AND value > few.value) FROM few WHERE few.value IS NOT NULL)"
            " SELECT value FROM few WHERE value IS NOT NULL LIMIT %s",
            (self._organization_id, number, self._organization_id, number, limits.MOST_VALUES + 1),
        )
        return None if len(found) > limits.MOST_VALUES else tuple(row[0] for row in found)


def known_attributes(scope: Scope) -> Callable[[str, str], bool]:
    """Return the test of an inventory and a name whether anything has such an attribute there."""

    def is_known(inventory: str, name: str) -> bool:
        tables = TABLES.get(inventory)
        if tables is None or name.startswith(tables.own_prefix):
            return False
        return bool(Keys(scope.organization_id).numbers(tables.number, fold(name)))

    return is_known


def _names(condition: Condition, inventory: str) -> Iterator[tuple[str, str]]:
    """Yield the inventory and the folded name of every attribute that a condition names."""
    match condition:
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from _names(part, inventory)
        case Without(part):
            yield from _names(part, inventory)
        case RelatedTo(_, other, part):
            yield from _names(part, other)
        case FreeText(keys):
            yield from ((inventory, each) for each in keys)
        case TextIs(key):
            yield inventory, key
        case AttributeIs(name) if name.exact:
            yield inventory, name.exact
