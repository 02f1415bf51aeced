"""Which rows ingest inserts: taken down as it does, so that the raw driver can insert the same."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from muster.inventory import engine
from muster.inventory.schema import RECENT

Row = Sequence[Any]
Groups = Sequence[tuple[Sequence[int], Mapping[int, str]]]


@dataclass(frozen=True, slots=True)
class Insertion:
    """Rows of one table, in the order in which they were inserted."""

    table: str
    columns: tuple[str, ...]
    rows: list[Row]


@dataclass(slots=True)
class Tape:
    """What was inserted since it was last taken off, and how long taking it down took."""

    insertions: list[Insertion] = field(default_factory=list)
    seconds: float = 0.0
    _is_inside: bool = False

    def install(self) -> None:
        """Take down what passes the two functions through which ingest inserts."""
        insert, insert_texts = engine.insert, engine.insert_texts

        def insert_noted(
            table: str,
            columns: Sequence[str],
            values: Sequence[Row],
            *,
            update: str = "",
            is_clear: bool = False,
            adds: bool = False,
        ) -> None:
            with self._noted(table, columns, values):
                insert(table, columns, values, update=update, is_clear=is_clear, adds=adds)

        def insert_texts_noted(table: str, columns: Sequence[str], groups: Groups) -> None:
            begun = time.perf_counter()
            rows = [(*begin, text, by) for begin, texts in groups for by, text in texts.items()]
            self.seconds += time.perf_counter() - begun
            with self._noted(table, columns, rows):
                insert_texts(table, columns, groups)

        engine.insert = insert_noted
        engine.insert_texts = insert_texts_noted

    def take(self) -> list[Insertion]:
        """Return what was taken down, and begin anew."""
        insertions, self.insertions, self.seconds = self.insertions, [], 0.0
        return insertions

    @contextmanager
    def _noted(self, table: str, columns: Sequence[str], rows: Sequence[Row]) -> Iterator[None]:
        """Note rows once, also where one of the functions calls the other."""
        if self._is_inside:
            yield
            return
        if rows:
            begun = time.perf_counter()
            target = table.removesuffix(RECENT)
            self.insertions.append(Insertion(target, tuple(columns), list(rows)))
            self.seconds += time.perf_counter() - begun
        self._is_inside = True
        try:
            yield
        finally:
            self._is_inside = False
