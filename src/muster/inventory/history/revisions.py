"""The revision that rows of the history are written under, made when the first of them is."""

from typing import Protocol

from muster.inventory import engine
from muster.inventory.models import Revision

# Two statements where `get_or_create` needs five, with its savepoint.
_FIND_OR_MAKE = (
    "INSERT INTO inventory_revision (organization_id, feed_id, run_id, at, act, made_by, note,"
    " is_open) VALUES (%s, %s, %s, %s, '', '', '', FALSE) ON CONFLICT DO NOTHING"
)


class OfRun(Protocol):
    """Whatever says for which run of which feed something is written."""

    @property
    def organization_id(self) -> int:
        """Whose history it is."""

    @property
    def feed_id(self) -> int:
        """The feed, 0 for an act of a person."""

    @property
    def run_id(self) -> int:
        """The run."""

    @property
    def at(self) -> int:
        """When, in Unix seconds."""


class CurrentRevision:
    """The revision of one run in one feed, or of one act of a person."""

    def __init__(self, *, act: str = "", made_by: str = "", note: str = "") -> None:
        """Nothing is written before it is asked for."""
        self._act = {"act": act, "made_by": made_by, "note": note}
        self._number: int | None = None
        self.since: dict[str, int] = {}

    def number(self, context: OfRun) -> int:
        """Return its number; a resumed run goes on in the revision that it began."""
        if self._number is None:
            self._number = self._find(context) if context.feed_id else self._make(context)
        return self._number

    def forget(self) -> None:
        """Forget all: after a transaction was rolled back, so was what it made."""
        self._number = None
        self.since.clear()

    def _find(self, context: OfRun) -> int:
        key = (context.organization_id, context.feed_id, context.run_id, context.at)
        engine.execute(_FIND_OR_MAKE, key)
        found = engine.rows(
            "SELECT id FROM inventory_revision WHERE organization_id = %s AND feed_id = %s"
            " AND run_id = %s AND at = %s",
            key,
        )
        return int(found[0][0])

    def _make(self, context: OfRun) -> int:
        made = Revision.objects.create(
            organization_id=context.organization_id, at=context.at, **self._act
        )
        return int(made.pk)
