"""Between the runner and ingest: what a run emits is stored, except an answer that is none."""

from collections.abc import Sequence

from muster.core.records import AnyRecord, CollectionReport, StateRecord
from muster.inventory.ingest import Ingestion
from muster.tasks.runs import Going
from muster.tasks.states import Kept
from muster.tasks.totals import add_up


class Storing:
    """Stores lists of records as they come.

    A directory without a single record is more likely the wrong one, or a gateway's empty answer,
    than the end of a company. So reports wait for the first record: until then nothing expires.
    Where only changes are told there may be none.
    """

    def __init__(self, ingestion: Ingestion, work: Going, kept: Kept) -> None:
        """Store into `ingestion` on behalf of a run, and the source's state into `kept`."""
        self._kept = kept
        self._state: StateRecord | None = None
        self._is_delta = False
        self._ingestion = ingestion
        self._work = work
        self._waiting: list[AnyRecord] = []
        self.saw_nothing = True

    def take(self, records: Sequence[AnyRecord]) -> None:
        """Store a list in one transaction, or keep it waiting if all of it are reports."""
        for each in records:
            if isinstance(each, StateRecord):
                self._state = each
            elif isinstance(each, CollectionReport):
                self._is_delta |= each.is_delta
        records = [each for each in records if not isinstance(each, StateRecord)]
        if self._is_delta:
            self.saw_nothing = False
        if self.saw_nothing and all(isinstance(each, CollectionReport) for each in records):
            self._waiting += records
            return
        self.saw_nothing = False
        waited, self._waiting = self._waiting, []
        self._ingestion.take([*waited, *records])
        self._work.recorder.flush_now_and_then()

    def finish(self) -> None:
        """Add what was done, and what is incomplete, to the run."""
        reports = [each for each in self._waiting if isinstance(each, CollectionReport)]
        if lacking := [each for each in reports if not each.complete]:
            self._ingestion.take(lacking)
        add_up(self._work, self._ingestion.finish(at=self._work.clock()))
        # Last, so that whatever ends this earlier lets the next run tell the same again.
        if self._state is not None and not self.saw_nothing:
            self._kept.keep(self._state.state, is_delta=self._is_delta)
