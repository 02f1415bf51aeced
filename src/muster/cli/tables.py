"""Tables for people: as wide as the terminal, whole where nobody watches."""

import sys
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from muster.cli.session import printable

if TYPE_CHECKING:
    from rich.console import Console

_WIDE = 250


def write_table(columns: Mapping[str, str], rows: Iterable[Mapping[str, Any]]) -> None:
    """Write rows to stdout; `columns` maps a row's key to its heading."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    is_watched = sys.stdout.isatty()
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for heading in columns.values():
        table.add_column(heading, overflow="ellipsis" if is_watched else "fold", no_wrap=is_watched)
    for row in rows:
        table.add_row(*(Text(text_of(row.get(key))) for key in columns))
    _console(width=None if is_watched else _WIDE).print(table)


def _console(*, width: int | None) -> "Console":
    from rich.console import Console

    class Paper(Console):
        """Says that its reader left, where Rich would end the process with a code of its own."""

        def on_broken_pipe(self) -> None:
            raise BrokenPipeError

    return Paper(width=width, highlight=False)


def text_of(value: Any) -> str:
    """Return a value as a person reads it, without control characters."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, dict):
        return text_of([f"{name}={text}" for name, text in value.items()])
    if isinstance(value, list | tuple):
        return ", ".join(text_of(each) for each in value)
    return printable(str(value))
