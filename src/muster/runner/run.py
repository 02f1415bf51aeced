"""Running a plan: collect, hand over, and say of every collection whether it is whole."""

import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from muster.core.errors import ConfigError, MusterError, StoppedError
from muster.core.records import COLLECTION_OF, AnyRecord, Collection, CollectionReport
from muster.core.redact import redact
from muster.core.source import Context, Progress, SilentProgress, Source
from muster.integrations import registry
from muster.runner.apart import CollectingApart
from muster.runner.collecting import Collecting, nothing
from muster.runner.plan import Plan, Step, StepReport
from muster.runner.wire import DefectError, LostProcessError

Emit = Callable[[Sequence[AnyRecord]], None]


class Collected(Protocol):
    """Collecting that was begun somewhere. `error` is how it ended, None if all went well."""

    @property
    def error(self) -> BaseException | None:
        """How it ended: None while it goes on, and if all went well."""

    @property
    def has_ended(self) -> threading.Event:
        """Set once nothing more will be collected; not all of it need be handed over by then."""

    def lists(
        self, stop: threading.Event, *, idle: Callable[[], None] = nothing
    ) -> Iterator[list[AnyRecord]]:
        """Yield lists of records, in order; ends soon after `stop` is set.

        `idle` is called now and then while there is none.
        """

    def close(self) -> None:
        """Stop it if it goes on, and wait until it has."""


Begin = Callable[[str, Context], Collected]
"""Begins to collect from a source, given by its name, elsewhere than on this machine."""

_log = logging.getLogger(__name__)

Hook = Callable[[], None]

_STOPPED = StoppedError()


def _utc_now() -> datetime:
    return datetime.now(UTC)


def run(
    plan: Plan,
    emit: Emit,
    *,
    progress: Progress | None = None,
    stop: threading.Event | None = None,
    find: Callable[[str], Source] = registry.source,
    now: Callable[[], datetime] = _utc_now,
    is_apart: bool = False,
    idle: Hook = nothing,
    collected: Hook = nothing,
    elsewhere: Begin | None = None,
) -> list[StepReport]:
    """Run the plan's steps in order and return one report for each.

    `emit` gets lists of at most `RECORDS_AT_ONCE` records, in order, in the caller's thread;
    among them a CollectionReport for every declared collection, which this function adds where a
    source could not. `progress` is called from the collecting thread. A step that fails does not
    end the plan; setting `stop` does, within moments. What `emit` raises, and Ctrl-C, stop it and
    rise; but a StoppedError only says that `emit` has seen the stop, and dropped what it was given.
    `idle` is called now and then while there is nothing to hand over, `collected` once everything
    of the last step is collected, which is before the last of it is handed over. `elsewhere` begins
    collecting on another machine, in place of this one.
    """
    stop, progress = stop or threading.Event(), progress or SilentProgress()
    begin = elsewhere or (CollectingApart if is_apart else None)
    last = len(plan.steps) - 1
    return [
        _Running(
            step, emit, progress, stop, begin, idle, collected if number == last else nothing
        ).report(find, now())
        for number, step in enumerate(plan.steps)
    ]


@dataclass(slots=True)
class _Running:
    step: Step
    emit: Emit
    progress: Progress
    stop: threading.Event
    begin: Begin | None
    idle: Hook
    collected: Hook
    counts: Counter[Collection] = field(default_factory=Counter)
    reports: dict[Collection, CollectionReport] = field(default_factory=dict)
    is_lost: bool = False

    def report(self, find: Callable[[str], Source], now: datetime) -> StepReport:
        try:
            source = find(self.step.source)
        except ConfigError as unknown:
            return StepReport(
                self.step.source, complete=False, error=unknown.message, hint=unknown.hint
            )
        error = self._collected(source, now)
        self._add_missing(source, error)
        return self._report(error)

    def _collected(self, source: Source, now: datetime) -> MusterError | None:
        """Collect, and return how it failed."""
        if self.stop.is_set():
            return _STOPPED
        collecting = self._started(source, now)
        try:
            self._hand_on_all(collecting)
        except StoppedError:
            return _STOPPED
        finally:
            collecting.close()
        # It may have collected all without an error, and not all of it was handed on.
        is_short = any(each not in self.reports for each in source.collections)
        if self.stop.is_set() and (collecting.error is not None or is_short):
            return _STOPPED
        self.is_lost = isinstance(collecting.error, LostProcessError)
        return self._judged(collecting.error, source)

    def _hand_on_all(self, collecting: Collected) -> None:
        is_told = False
        for records in collecting.lists(self.stop, idle=self.idle):
            if collecting.has_ended.is_set() and not is_told:
                is_told = True
                self.collected()
            self._hand_on(records)
        if not is_told and not self.stop.is_set():
            self.collected()

    def _started(self, source: Source, now: datetime) -> Collected:
        if self.begin is not None:
            return self.begin(self.step.source, self._context(now))
        return Collecting(source, self._context(now))

    def _context(self, now: datetime) -> Context:
        return Context(
            options=self.step.options,
            secret=self.step.secret,
            progress=self.progress,
            now=now,
            endpoints=self.step.endpoints,
            state=self.step.state,
            checkpoints=self.step.checkpoints,
        )

    def _hand_on(self, records: list[AnyRecord]) -> None:
        # First, as what it drops does not count.
        self.emit(records)
        for record in records:
            if isinstance(record, CollectionReport):
                self.reports[record.collection] = record
            elif (collection := COLLECTION_OF.get(type(record))) is not None:
                self.counts[collection] += 1

    def _judged(self, error: BaseException | None, source: Source) -> MusterError | None:
        """Return the failure in a sentence without secrets; a defect of ours is logged whole."""
        if error is None:
            return None
        secrets = self._secrets(source)
        if isinstance(error, MusterError):
            return MusterError(
                redact(error.message, secrets), hint=redact(error.hint, secrets), code=error.code
            )
        _log.error("source failed unexpectedly", extra={"source": source.name}, exc_info=error)
        return MusterError(
            redact(f"{source.label} failed unexpectedly: {_last_line(error)}", secrets),
            hint="This is a defect of Muster; please report it with the log.",
        )

    def _secrets(self, source: Source) -> list[str]:
        names = {name for kind in source.credential_types for name in kind.secret_names()}
        return [value for name, value in self.step.secret.items() if name in names]

    def _add_missing(self, source: Source, error: MusterError | None) -> None:
        reason = error or MusterError(f"{source.label} did not say whether this was all of it")
        missing = [
            CollectionReport(
                source=source.name,
                collection=each,
                complete=False,
                records=self.counts[each],
                error=reason.message,
                hint=reason.hint,
                code=reason.code,
            )
            for each in source.collections
            if each not in self.reports
        ]
        if missing:
            self._hand_on([*missing])

    def _report(self, error: MusterError | None) -> StepReport:
        reports = tuple(self.reports.values())
        failed = next((each for each in reports if not each.complete), None)
        return StepReport(
            self.step.source,
            complete=error is None and failed is None,
            records=self.counts.total(),
            error=error.message if error else failed.error if failed else "",
            hint=error.hint if error else failed.hint if failed else "",
            code=error.code if error else failed.code if failed else "",
            is_stopped=error is _STOPPED,
            is_broken_off=error is _STOPPED or self.is_lost,
            collections=reports,
        )


def _last_line(error: BaseException) -> str:
    """The last line of a traceback: the kind of error and what it says."""
    if isinstance(error, DefectError):
        return str(error).strip().rpartition("\n")[2]
    return f"{type(error).__name__}: {error}"
