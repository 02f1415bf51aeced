"""Bulk loads: many rows of attributes gather in a small table, and move in the large one's order.

The primary key of `*_attribute` is its only index, sorted by key and value. A batch of five
thousand devices has rows for all of it. While the index fits in memory that costs nothing; later
every row is a page read and written. See docs/decisions/0009-bulk-loads.md.
"""

from collections import Counter
from dataclasses import dataclass, field

from muster.inventory import engine
from muster.inventory.ingest.locking import writing
from muster.inventory.schema import ATTRIBUTES, RECENT

_SURELY_DIRECT = 1_000_000
_BYTES_OF_ROW = 100
MOST_RECENT = 3_000_000
"""So many rows, some 150 MB, gather before they are moved."""
_MOST_UNKNOWN = 100_000


def most_direct() -> int:
    """Return how many rows a run may add to one table before it is a bulk load.

    It is one as soon as its index fills a quarter of the memory for caches.
    """
    return max(_SURELY_DIRECT, engine.cache_bytes() // _BYTES_OF_ROW // 4)


@dataclass(slots=True)
class Bulk:
    """Which table the rows of one run go to."""

    _most_direct: int | None = None
    _direct: Counter[str] = field(default_factory=Counter)
    _recent: Counter[str] = field(default_factory=Counter)

    def target(self, table: str, rows: int) -> str:
        """Return the table that so many new rows for `table` go to."""
        if self._most_direct is None:
            self._most_direct = most_direct()
        if self._direct[table] < self._most_direct:
            self._direct[table] += rows
            return table
        self._recent[table] += rows
        return table + RECENT

    @property
    def is_large(self) -> bool:
        """True if so many rows came that what the planner knows of the tables is out of date."""
        return any(rows >= _MOST_UNKNOWN for rows in self._direct.values())

    def move_large(self) -> None:
        """Move what has gathered of tables of which enough has; not within a transaction."""
        for table, rows in self._recent.items():
            if rows > MOST_RECENT:
                _move(table, ATTRIBUTES[table])
                self._recent[table] = 0


def move_all() -> None:
    """Move all that has gathered, also what a run that was killed left behind."""
    for table, owner in ATTRIBUTES.items():
        _move(table, owner)


def _move(table: str, owner: str) -> None:
    """Move rows key by key, each key whole or not at all: a row is never in neither table."""
    recent = table + RECENT
    keys = engine.rows(f"SELECT DISTINCT organization_id, key_id FROM {recent} ORDER BY 1, 2")
    columns = f"organization_id, key_id, value, {owner}"
    for key in keys:
        with writing(key[0]):
            engine.move(recent, table, columns, "organization_id = %s AND key_id = %s", key)
