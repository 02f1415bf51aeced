"""What a batch changes of directory users and groups, as the history tells it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from muster.inventory.history import comparing
from muster.inventory.history.rows import Rows, stamp, write, write_new
from muster.inventory.history.telling import Event, Subject, Told
from muster.inventory.ingest.known import Stored

if TYPE_CHECKING:
    from muster.inventory.ingest.context import RunContext
    from muster.inventory.models.feeds import Inventory


def note(
    context: "RunContext",
    inventory: "Inventory",
    stored: Sequence[Stored[Any]],
    *,
    new: Iterable[int],
    before: Mapping[int, Any],
) -> None:
    """Write that entries are new, back again, or changed from what they were before."""
    subject = Subject(inventory)
    rows: Rows = {}
    for each in stored:
        if each.number is None:
            continue
        told = Told()
        if each.is_changed and each.number in before:
            told.changed(comparing.entry_changes(before[each.number], each.record))
        if each.was_gone:
            told.add(Event.BACK)
        if told.events:
            rows[subject, each.number] = told
    write_new(context, subject, new)
    _write(context, subject, rows)


def note_gone(context: "RunContext", inventory: "Inventory", numbers: Iterable[int]) -> None:
    """Write that entries are gone from their directory."""
    subject = Subject(inventory)
    _write(context, subject, {(subject, each): Told(Event.GONE) for each in numbers})


def _write(context: "RunContext", subject: Subject, rows: Rows) -> None:
    write(context, rows)
    stamp(context, subject, (number for _, number in rows), at=context.at)
