"""Between the runner and ingest: what a run emits is stored, except an answer that is none."""

from collections.abc import Sequence

from muster.core.records import AnyRecord, CollectionReport
from muster.inventory.ingest import Ingestion
from muster.tasks.runs import Going
from muster.tasks.totals import add_up


class Storing:
    """Stores lists of records as they come.

    A directory without a single record is more likely the wrong one, or a gateway's empty answer,
    than the end of a company. So reports wait for the first record: until then nothing expires.
    """

    def __init__(self, ingestion: Ingestion, work: Going) -> None:
        """Store into `ingestion` on behalf of a run."""
        self._ingestion = ingestion
        self._work = work
        self._waiting: list[AnyRecord] = []
        self.saw_nothing = True

    def take(self, records: Sequence[AnyRecord]) -> None:
        """Store a list in one transaction, or keep it waiting if all of it are reports."""
        if self.saw_nothing and all(isinstance(each, CollectionReport) for each in records):
            self._waiting += records
            return
        self.saw_nothing = False
        waited, self._waiting = self._waiting, []
        self._ingestion.take([*waited, *records])
        self._work.recorder.flush_now_and_then()

    def finish(self) -> None:
        """Add what was done, and what is incomplete, to the run."""
        add_up(self._work, self._ingestion.finish())
        self._work.incomplete += [
            each
            for each in self._waiting
            if isinstance(each, CollectionReport) and not each.complete
        ]
