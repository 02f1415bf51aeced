"""Which things are new in a revision: what comes with them is no change of theirs."""

from bisect import bisect_right
from collections.abc import Collection
from typing import TYPE_CHECKING

from muster.inventory import engine
from muster.inventory.history.telling import Event, Subject

if TYPE_CHECKING:
    from muster.inventory.ingest.context import RunContext


class NewThings:
    """The things of one kind that are new in a revision; records count with their assets."""

    def __init__(self, context: "RunContext", revision: int, subject: Subject) -> None:
        """Read their numbers: a few spans, as those of a batch are neighbours."""
        told_as = Subject.ASSET if subject is Subject.RECORD else subject
        found = engine.rows(
            "SELECT first_id, last_id FROM history_new WHERE organization_id = %s"
            " AND revision_id = %s AND subject = %s ORDER BY first_id",
            (context.organization_id, revision, int(told_as)),
        )
        self._spans = [(row[0], row[1]) for row in found]

    def __contains__(self, number: int | None) -> bool:
        """True for the number of a thing that is new."""
        if number is None:
            return False
        at = bisect_right(self._spans, number, key=lambda span: span[0])
        return at > 0 and number <= self._spans[at - 1][1]


def joined(context: "RunContext", revision: int, records: Collection[int]) -> set[int]:
    """Return the records that are new in a revision, and joined an asset that was there."""
    found = engine.rows(
        "SELECT owner_id FROM history WHERE organization_id = %s AND subject = %s"
        f" AND revision_id = %s AND (events & {int(Event.JOINED)}) <> 0"
        f" AND {engine.among('owner_id')}",
        (context.organization_id, int(Subject.RECORD), revision, engine.listed(sorted(records))),
    )
    return {row[0] for row in found}
