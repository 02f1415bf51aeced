"""The rows of all organizations that a worker looks at: workers serve every one of them."""

import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from django.db import connection, models, transaction

from muster.tasks.models import DOING, Run, Status, Task, Worker
from muster.tasks.standing import GOING
from muster.tasks.worker.fairness import Lane, Waiting

HERE: Mapping[int, uuid.UUID] = MappingProxyType({})
"""No run goes to an Explorer."""

_LOCK_NUMBER = 0x6D757772  # any number that nobody else's advisory lock has


def due_tasks(at: datetime, *, most: int) -> list[Task]:
    """Return tasks whose time has come, those that have waited longest first."""
    due = Task.objects.filter(next_at__lte=at, paused_at=None, removed_at=None, held="")
    return list(due.select_related("organization").order_by("next_at", "pk")[:most])


def waiting_runs() -> list[Waiting]:
    """Return the runs that nobody was asked to do yet, oldest first; of no Explorer so far."""
    runs = Run.objects.filter(status=Status.QUEUED, released_at=None)
    # The one that a run had before it waited again is no longer its.
    return [replace(each, lanes=_without_explorer(each)) for each in _waiting(runs)]


def placed_runs() -> dict[int, Run]:
    """Return the runs that wait and are to run elsewhere than on this server, by key."""
    waiting = Run.objects.filter(
        status=Status.QUEUED, released_at=None, task__explorer__isnull=False
    )
    return {each.pk: each for each in waiting.select_related("task__site", "organization")}


def is_any_waiting() -> bool:
    """True if there is a run that nobody was asked to do yet. Cheap, and waits for nobody."""
    return Run.objects.filter(status=Status.QUEUED, released_at=None).exists()


def going_runs() -> list[Waiting]:
    """Return the runs that workers are doing, or were asked to do."""
    asked = models.Q(status=Status.QUEUED, released_at__isnull=False)
    doing = models.Q(status__in=DOING) & ~models.Q(worker="")
    return _waiting(Run.objects.filter(asked | doing))


def release(
    keys: list[int], *, at: datetime, explorers: Mapping[int, uuid.UUID] = HERE
) -> list[Run]:
    """Mark waiting runs as handed to the engine, with the Explorer of each, and return them."""
    attempt = models.F("attempt") + 1
    here = [each for each in keys if each not in explorers]
    Run.objects.filter(pk__in=here).update(released_at=at, attempt=attempt, explorer=None)
    for each in keys:
        if each in explorers:
            elsewhere = Run.objects.filter(pk=each)
            elsewhere.update(released_at=at, attempt=attempt, explorer=explorers[each])
    return list(Run.objects.filter(pk__in=keys).only("uid", "attempt"))


def take_back(before: datetime) -> int:
    """Let runs wait again that nobody has begun since the engine was asked to before an instant."""
    forgotten = Run.objects.filter(status=Status.QUEUED, released_at__lt=before)
    # Asked first, as SQLite lets one write at a time, and a batch may take a while.
    return forgotten.update(released_at=None) if forgotten.exists() else 0


def give_back(run: Run) -> None:
    """Let a run wait again that was handed out and cannot be begun."""
    Run.objects.filter(pk=run.pk, status=Status.QUEUED).update(released_at=None)


def run_of(uid: str) -> Run | None:
    """Return a run with its task and all that this needs."""
    runs = Run.objects.select_related("task__credential", "task__site", "organization")
    return runs.filter(uid=uuid.UUID(uid)).first()


def asked_to_stop(worker: str) -> set[uuid.UUID]:
    """Return the runs of a worker that somebody wants stopped."""
    going = Run.objects.filter(worker=worker, status__in=GOING, stop_asked_at__isnull=False)
    return set(going.values_list("uid", flat=True))


def workers() -> list[Worker]:
    """Return all workers, those that are gone too."""
    return list(Worker.objects.order_by("name"))


def silent_runs(before: datetime) -> list[Run]:
    """Return the runs of workers that have said nothing since an instant."""
    active = Run.objects.filter(status__in=DOING)
    return list(active.filter(heartbeat_at__lt=before).exclude(worker="").select_related("task"))


def only_one() -> "transaction.Atomic":
    """Return a transaction that only one worker is in at any time.

    SQLite's transactions are so by themselves.
    """
    return _OneAtATime(using=None, savepoint=True, durable=False)


class _OneAtATime(transaction.Atomic):
    def __enter__(self) -> None:
        super().__enter__()
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK_NUMBER])


def _waiting(runs: models.QuerySet[Run]) -> list[Waiting]:
    columns = ("pk", "organization_id", "task__credential_id", "explorer")
    return [
        Waiting(key, organization, _lanes(organization, credential, explorer))
        for key, organization, credential, explorer in runs.order_by("queued_at", "pk").values_list(
            *columns
        )
    ]


def _lanes(
    organization: int, credential: int | None, explorer: uuid.UUID | None
) -> tuple[tuple[str, object], ...]:
    lanes = {"organization": organization, "tenant": credential, "explorer": explorer}
    return tuple((kind, of) for kind, of in lanes.items() if of is not None)


def _without_explorer(waiting: Waiting) -> tuple[Lane, ...]:
    return tuple(lane for lane in waiting.lanes if lane[0] != "explorer")
