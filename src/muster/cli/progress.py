"""Progress on stderr: a bar per collection where a person watches, silence where none does."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)

from muster.core.records import Collection

if TYPE_CHECKING:
    from muster.cli.session import Session

_SHOWN = {"notice": "Note", "warning": "Warning", "error": "Error"}


class Bars:
    """Shows what a source tells. Any thread may tell it."""

    def __init__(self, session: "Session") -> None:
        """Draw on the session's messages."""
        self.display = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=session.messages,
            disable=not sys.stderr.isatty(),
        )
        self._session = session
        self._bars: dict[Collection, TaskID] = {}

    def advance(self, collection: Collection, done: int, total: int | None = None) -> None:
        """Move a collection's bar, which appears with its first record."""
        if collection not in self._bars:
            self._bars[collection] = self.display.add_task(collection.capitalize(), total=total)
        bar = self._bars[collection]
        if total is None:
            self.display.update(bar, completed=done)
        else:
            self.display.update(bar, completed=done, total=total)

    def fill(self) -> None:
        """Show every bar as done: what was left out on purpose does not come any more."""
        for bar in self.display.tasks:
            self.display.update(bar.id, total=bar.completed)

    def log(self, level: str, event: str, **fields: object) -> None:
        """Print what somebody should look at."""
        if level in _SHOWN:
            said = " ".join(f"{name}={value}" for name, value in fields.items())
            self._session.tell(f"{_SHOWN[level]}: {event} {said}".rstrip())

    def count(self, name: str, amount: int = 1) -> None:
        """Drop it: the run keeps the counts."""


@contextmanager
def bars(session: "Session") -> Iterator[Bars]:
    """Return bars that are drawn while the block runs."""
    shown = Bars(session)
    with shown.display:
        yield shown
        shown.fill()
