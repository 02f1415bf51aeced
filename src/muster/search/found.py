"""What a search gives: rows of a page, and how to ask for the next."""

from dataclasses import dataclass

from muster.inventory.search import Count

Row = dict[str, object]
"""One thing as plain values by column: texts, numbers, booleans, instants, lists of texts."""


@dataclass(frozen=True, slots=True)
class Found:
    """Rows of one page in its order. `next_key` asks for the next one; "" behind the last.

    `count` is how many match in all, None unless asked for.
    """

    rows: tuple[Row, ...]
    next_key: str = ""
    count: Count | None = None
