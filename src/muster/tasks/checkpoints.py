"""Where a run stands: saved with what it stored, so that a run that broke off can go on."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import orjson
from django.db import models, transaction

import muster
from muster.core.records import AnyRecord, CheckpointRecord, CollectionReport
from muster.core.source import Checkpoints
from muster.inventory.ingest import Ingestion
from muster.organizations.scope import Scope
from muster.tasks.clock import Clock
from muster.tasks.liveness import hold
from muster.tasks.models import Checkpoint, CheckpointPart, Run, Status, Task
from muster.tasks.states import settings_digest

LONGEST_BREAK = timedelta(hours=12)
"""What is stored would be older than this than what is read; and Graph forgets its pages sooner."""

MOST_TRIES = 3
"""So often a run is taken up again without getting any further: then its place is at fault."""


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A run that broke off. `obstacle` says why it cannot go on, empty if it can."""

    run: Run
    row: Checkpoint
    obstacle: str

    def parts(self) -> Checkpoints:
        """Return where each part of its source's work stands."""
        found = _parts(self.row).values_list("part", "state")
        return dict(found)


def unfinished(scope: Scope, task: Task, instance: str, *, at: datetime) -> Unfinished | None:
    """Return the run of this task that broke off last and left off somewhere, if there is one.

    No other run has begun to write into the same world since: there is one place for each.
    """
    row = _rows(scope, task, instance).select_related("run").first()
    if row is None or row.run.task_id != task.pk or row.run.status not in _ENDED:
        return None
    if not _parts(row).exists():
        return None
    return Unfinished(row.run, row, _obstacle(row, task, at=at))


def place_of(scope: Scope, run: Run, instance: str, *, at: datetime) -> Unfinished | None:
    """Return where a run left off that is to go on; None if it said nowhere, or lost its place."""
    row = _rows(scope, run.task, instance).filter(run=run).first()
    if row is None or not _parts(row).exists():
        return None
    return Unfinished(run, row, _obstacle(row, run.task, at=at))


class Keeping:
    """Where one run stands, as long as it runs.

    What it says is never ahead of what is stored: both are written in one transaction.
    """

    def __init__(self, run: Run, row: Checkpoint, clock: Clock) -> None:
        """Keep it in this row, which is the run's until another one begins in its world."""
        self._run = run
        self._row = row
        self._clock = clock
        self._told: dict[str, CheckpointRecord] = {}
        self._reported = set(row.reported)

    def note(self, records: Sequence[AnyRecord]) -> list[AnyRecord]:
        """Take the checkpoints out of a list, and the reports that are stored already."""
        kept: list[AnyRecord] = []
        for record in records:
            if isinstance(record, CheckpointRecord):
                if _is_storable(record):
                    self._told[record.part] = record
            elif not isinstance(record, CollectionReport) or not self._has(record):
                kept.append(record)
        return kept

    def drop(self) -> None:
        """Forget what was told since the last time: it lies past what was not stored."""
        self._told.clear()

    def save(self, ingestion: Ingestion, stored: Sequence[AnyRecord]) -> None:
        """Write where the run stands, within the transaction that stores all before it.

        Raises TakenOverError if the run is not this process's any more. Services that wait for
        their assets are not stored: then what was told since waits too.
        """
        hold(self._run, at=self._clock())
        reports = [each for each in stored if isinstance(each, CollectionReport)]
        self._reported.update(str(each.collection) for each in reports if _is_whole(each))
        if ingestion.is_waiting or not self._save_row(ingestion):
            return
        told, self._told = self._told, {}
        gone = [part for part, record in told.items() if not record.state]
        _parts(self._row).filter(part__in=gone).delete()
        _parts(self._row).bulk_create(
            [_part(self._row, record) for record in told.values() if record.state],
            update_conflicts=True,
            unique_fields=["checkpoint", "part"],
            update_fields=["state"],
        )

    def _has(self, report: CollectionReport) -> bool:
        return _is_whole(report) and str(report.collection) in self._reported

    def _save_row(self, ingestion: Ingestion) -> bool:
        """Return False if another run has begun in this world: then this one cannot go on."""
        row = Checkpoint.objects.filter(
            organization=self._run.organization_id, pk=self._row.pk, run=self._run
        )
        if self._told:
            self._row.tries = 0
        changed = row.update(
            saved_at=self._clock(),
            tries=self._row.tries,
            statistics=ingestion.statistics.as_dict(),
            reported=sorted(self._reported),
        )
        return changed > 0


@dataclass(frozen=True, slots=True)
class Start:
    """From where a run goes: `parts` are empty and `done` is None at the beginning.

    `reported` are the collections that it has reported whole.
    """

    keeping: Keeping
    parts: Checkpoints = field(default_factory=dict)
    done: dict[str, int] | None = None
    reported: Sequence[str] = ()


def begin(scope: Scope, task: Task, instance: str, *, run: Run, clock: Clock) -> Start:
    """Begin a run in a world; what was unfinished there cannot go on any more."""
    fields = {
        "run": run,
        "settings_digest": _digest(task),
        "saved_at": clock(),
        "tries": 0,
        "statistics": {},
        "reported": [],
    }
    with transaction.atomic():
        row, is_new = Checkpoint.objects.update_or_create(
            organization=scope.organization, source=task.source, instance=instance, defaults=fields
        )
        if not is_new:
            _parts(row).delete()
    return Start(Keeping(run, row, clock))


def go_on(broken_off: Unfinished, *, clock: Clock) -> Start:
    """Let a run go on that was taken over."""
    row = broken_off.row
    row.tries += 1
    row.save(update_fields=["tries"])
    keeping = Keeping(broken_off.run, row, clock)
    return Start(keeping, broken_off.parts(), dict(row.statistics), tuple(row.reported))


def forget(run: Run) -> None:
    """Forget where a run stood that is over."""
    Checkpoint.objects.filter(organization=run.organization_id, run=run).delete()


def leave_world(scope: Scope, source: str, instance: str) -> None:
    """Forget what is unfinished in a world that something else is going to write into."""
    Checkpoint.objects.filter(
        organization=scope.organization, source=source, instance=instance
    ).delete()


_ENDED = frozenset({Status.ERROR, Status.STOPPED})


def _obstacle(row: Checkpoint, task: Task, *, at: datetime) -> str:
    if row.settings_digest != _digest(task):
        return "its options, its site, its credential or Muster itself are others than then"
    if not timedelta() <= at - row.saved_at <= LONGEST_BREAK:
        return f"it broke off more than {LONGEST_BREAK // timedelta(hours=1)} hours ago"
    if row.tries >= MOST_TRIES:
        return f"it broke off {MOST_TRIES} times at the same place"
    return ""


def _digest(task: Task) -> str:
    """Return what tells apart whose places mean something to whom."""
    told = orjson.dumps([settings_digest(task), muster.__version__])
    return hashlib.sha256(told).hexdigest()


def _is_whole(report: CollectionReport) -> bool:
    """True for a report that lets things expire: stored once, it need not be stored again."""
    return report.complete and not report.is_delta


def _is_storable(record: CheckpointRecord) -> bool:
    """False for a place that PostgreSQL would not take: then the place before it stands."""
    return "\0" not in "".join((record.part, *record.state, *record.state.values()))


def _rows(scope: Scope, task: Task, instance: str) -> models.QuerySet[Checkpoint]:
    return Checkpoint.objects.filter(
        organization=scope.organization, source=task.source, instance=instance
    )


def _parts(row: Checkpoint) -> models.QuerySet[CheckpointPart]:
    return CheckpointPart.objects.filter(organization=row.organization_id, checkpoint=row)


def _part(row: Checkpoint, record: CheckpointRecord) -> CheckpointPart:
    return CheckpointPart(
        organization_id=row.organization_id,
        checkpoint=row,
        part=record.part,
        state=dict(record.state),
    )
