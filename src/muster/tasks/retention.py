"""Retention of an organization: planned, shown, run by hand, and by itself once a day.

What the inventory lets go is planned there; what runs logged is let go here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import DatabaseError, models

from muster.inventory import retention
from muster.inventory.retention import FirstRun, Listed, Plan
from muster.organizations.scope import Scope
from muster.tasks.models import RawData, Run
from muster.tasks.raw import shelf
from muster.tasks.recording import Recorder

RUN_LOGS = "run_logs"
RAW_DATA = "raw_data"
HISTORY = "history"
_SETTING = "expiration_scans"


@dataclass(frozen=True, slots=True)
class Expired:
    """How many of each kind go, or went, and what there is to say of it."""

    counts: Mapping[str, int]
    notices: list[str]


class Preview:
    """What a run of retention would remove at one instant. Nothing is removed by it."""

    def __init__(self, scope: Scope, *, at: datetime) -> None:
        """Plan it."""
        self._scope = scope
        self._plan = retention.plan(scope, at=at, first_run=_first_run(scope))

    def expired(self) -> Expired:
        """Return how much would go."""
        counts = {
            **self._plan.counts(),
            HISTORY: retention.expire_history(self._scope, at=self._plan.at, is_dry_run=True),
            RUN_LOGS: _old_runs(self._scope, at=self._plan.at).count(),
            RAW_DATA: _old_data(self._scope, at=self._plan.at).count(),
        }
        return Expired(counts, self._plan.notices)

    def things(self) -> Iterator[Listed]:
        """Yield all that would go, one by one; changes are only counted."""
        yield from retention.listed(self._scope, self._plan)
        for each in _old_runs(self._scope, at=self._plan.at).select_related("task").iterator():
            yield _listed(each, kind="run_log")
        for data in _old_data(self._scope, at=self._plan.at).select_related("run__task").iterator():
            yield _listed(data.run, kind="raw_data")


def run(scope: Scope, *, at: datetime) -> Expired:
    """Remove what has expired, and return how much that was.

    Raises ConfigError if whoever asks may not change the inventory.
    """
    retention.check_may_remove(scope)
    return _run(scope, at=at)


def run_if_due(scope: Scope, recorder: Recorder, *, at: datetime) -> Mapping[str, int]:
    """Run the retention of the day, unless that was done or nothing is ever to go; say what went.

    A database that does not let it is said too, and does not spoil the run that has just ended.
    """
    if not retention.policy(scope).removes_anything or not retention.claim_day(scope, at=at):
        return {}
    try:
        done = _run(scope, at=at)
    except DatabaseError as error:
        recorder.log("warning", "retention failed, and goes on tomorrow", error=str(error))
        return {}
    for notice in done.notices:
        recorder.log("warning", notice)
    went = {name: number for name, number in done.counts.items() if number}
    if went:
        recorder.log("info", "retention removed what has expired", **went)
    return {f"expired_{name}": number for name, number in went.items()}


def _run(scope: Scope, *, at: datetime) -> Expired:
    first_run = _first_run(scope)
    made: Plan = retention.plan(scope, at=at, first_run=first_run)
    # What changed of things that are about to go is counted here, as the preview counts it.
    changes = retention.expire_history(scope, at=at)
    removed = retention.carry_out(scope, made, first_run=first_run)
    removed[HISTORY] = changes
    removed[RUN_LOGS] = _remove_logs(scope, at=at)
    removed[RAW_DATA] = _remove_data(scope, at=at)
    retention.keep_outcome(scope, removed, at=at)
    return Expired(removed, made.notices)


def _first_run(scope: Scope) -> FirstRun:
    def since(instant: datetime) -> int | None:
        runs = Run.objects.filter(organization=scope.organization, started_at__gte=instant)
        found: int | None = runs.aggregate(first=models.Min("pk"))["first"]
        return found

    return since


def _old_runs(scope: Scope, *, at: datetime) -> models.QuerySet[Run]:
    """Return the runs that ended too long ago for their log to be kept, and still have one.

    The run itself stays: it says what the inventory has from it.
    """
    cutoff = _cutoff(scope, at=at)
    ended = Run.objects.filter(organization=scope.organization, ended_at__lt=cutoff or at)
    logged = ended.annotate(lines=models.Count("log")).filter(lines__gt=0).order_by("pk")
    return logged if cutoff else logged.none()


def _old_data(scope: Scope, *, at: datetime) -> models.QuerySet[RawData]:
    """Return the raw data of the same runs; why it is gone stays with the run."""
    cutoff = _cutoff(scope, at=at)
    found = shelf.expired(scope.organization, before=cutoff or at).order_by("run")
    return found if cutoff else found.none()


def _cutoff(scope: Scope, *, at: datetime) -> datetime | None:
    """Return before when a run must have ended; None if all is kept for ever."""
    days = retention.policy(scope).expiration_scans
    return at - timedelta(days=days) if days else None


def _remove_data(scope: Scope, *, at: datetime) -> int:
    old = list(_old_data(scope, at=at))
    for each in old:
        shelf.drop(each, why=shelf.EXPIRED)
    return len(old)


def _remove_logs(scope: Scope, *, at: datetime) -> int:
    removed = 0
    for each in list(_old_runs(scope, at=at).only("pk")):
        each.log.all().delete()
        each.upload.all().delete()
        removed += 1
    return removed


def _listed(run: Run, *, kind: str) -> Listed:
    return Listed(
        kind=kind,
        id=str(run.uid),
        name=run.task.name,
        setting=_SETTING,
        source=run.task.source,
        foreign_id="",
        last_seen=run.ended_at,
        gone_at=None,
    )
