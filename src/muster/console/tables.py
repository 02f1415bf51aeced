"""A table as data: columns, rows of cells, and the key of the next page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `sort` is what to ask for to sort by it, "" where one cannot."""

    label: str
    sort: str = ""
    is_number: bool = False
    is_wide_only: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: text, and where it leads. `tone` (success, danger, ...) makes it a badge.

    `at` is shown as how long ago it is, with the instant itself on hovering. `parts` stand side
    by side in the cell, in place of all else.
    """

    text: str = ""
    href: str = ""
    icon: str = ""
    tone: str = ""
    title: str = ""
    at: datetime | None = None
    is_strong: bool = False
    parts: "tuple[Cell, ...]" = ()


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row. `id` is what is sent where rows can be chosen."""

    cells: Sequence[Cell]
    id: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A page of rows. `next_path` asks for the following page, "" behind the last.

    `sort` is the order that holds, with a minus for descending, and `sort_paths` lead to others.
    """

    label: str
    columns: Sequence[Column]
    rows: Sequence[TableRow]
    next_path: str = ""
    sort: str = ""
    here: str = ""

    @property
    def headings(self) -> list[tuple[Column, str, str]]:
        """Each column with where sorting by it leads and how it is sorted now, for aria-sort."""
        return [(each, self._sort_path(each), self._sorted(each)) for each in self.columns]

    def _sorted(self, column: Column) -> str:
        if not column.sort or self.sort.lstrip("-") != column.sort:
            return ""
        return "descending" if self.sort.startswith("-") else "ascending"

    def _sort_path(self, column: Column) -> str:
        if not column.sort:
            return ""
        is_up = self._sorted(column) == "ascending"
        mark = "&" if "?" in self.here else "?"
        return (
            f"{self.here}{mark}{urlencode({'sort': f'-{column.sort}' if is_up else column.sort})}"
        )


def path_with(request: HttpRequest, **changes: str) -> str:
    """Return this page's path with other parameters; "" takes one away."""
    query = request.GET.copy()
    for name, text in changes.items():
        query[name] = text
        if not text:
            del query[name]
    return f"{request.path}?{query.urlencode()}" if query else request.path
