"""Between the runner and ingest: what a run emits is stored, except an answer that is none."""

from collections.abc import Sequence

from muster.core.records import AnyRecord, CollectionReport, StateRecord
from muster.inventory.ingest import Ingestion
from muster.tasks.checkpoints import Keeping
from muster.tasks.raw.taping import Taping
from muster.tasks.runs import Going
from muster.tasks.states import Kept
from muster.tasks.totals import add_up, say


class Storing:
    """Stores lists of records as they come, and with them where the run stands.

    A directory without a single record is more likely the wrong one, or a gateway's empty answer,
    than the end of a company. So reports wait for the first record: until then nothing expires.
    Where only changes are told there may be none. `has_stored` says that a run that goes on had
    stored some before.
    """

    def __init__(
        self,
        ingestion: Ingestion,
        work: Going,
        kept: Kept,
        keeping: Keeping,
        taping: Taping,
        *,
        has_stored: bool,
    ) -> None:
        """Store into `ingestion` on behalf of a run, and the source's state into `kept`."""
        self._taping = taping
        self._kept = kept
        self._keeping = keeping
        self._state: StateRecord | None = None
        self._is_delta = False
        self._ingestion = ingestion
        self._work = work
        self._waiting: list[AnyRecord] = []
        self.saw_nothing = not has_stored

    def take(self, records: Sequence[AnyRecord]) -> None:
        """Store a list in one transaction, or keep it waiting if all of it are reports.

        Raises StoppedError, with nothing of it stored, if the run is stopped meanwhile.
        """
        try:
            self._store(self._keeping.note([r for r in records if not isinstance(r, StateRecord)]))
        except BaseException:
            self._keeping.drop()
            raise
        # Only now, so that a list that is not stored has not moved the state on.
        for each in records:
            if isinstance(each, StateRecord):
                self._state = each

    def leave(self) -> None:
        """Add what was done, and what is incomplete, to the run; what follows from it comes later.

        Somebody waits for the end, and counting a large inventory takes a while.
        """
        self._take_lacking()
        add_up(self._work, self._ingestion.statistics)
        self._work.afterwards.append(
            lambda: self._ingestion.finish(at=self._work.clock(), is_over=False)
        )

    def finish(self, *, is_over: bool) -> None:
        """Add what was done, and what is incomplete, to the run."""
        self._take_lacking()
        add_up(self._work, self._ingestion.finish(at=self._work.clock(), is_over=is_over))
        # Last, so that whatever ends this earlier lets the next run tell the same again.
        if self._state is not None and not self.saw_nothing:
            self._kept.keep(self._state.state, is_delta=self._is_delta)

    def _take_lacking(self) -> None:
        reports = [each for each in self._waiting if isinstance(each, CollectionReport)]
        if lacking := [each for each in reports if not each.complete]:
            self._ingestion.take(lacking)

    def _store(self, records: Sequence[AnyRecord]) -> None:
        self._is_delta |= any(isinstance(r, CollectionReport) and r.is_delta for r in records)
        if self._is_delta:
            self.saw_nothing = False
        if self.saw_nothing and all(isinstance(each, CollectionReport) for each in records):
            self._waiting += records
            return
        self.saw_nothing = False
        waited, self._waiting = self._waiting, []
        if batch := [*waited, *records]:
            self._ingestion.take(batch, along=lambda: self._along(batch))
            self._work.recorder.process(batch)
        self._work.recorder.flush_now_and_then()

    def _along(self, batch: Sequence[AnyRecord]) -> None:
        """Write with what is stored where the run stands, the batch, and what is to be said."""
        self._keeping.save(self._ingestion, batch)
        self._taping.add(batch)
        say(self._work, self._ingestion.statistics)
