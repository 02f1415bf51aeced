"""Telling living workers from dead ones, by what each says of itself."""

import os
from datetime import datetime, timedelta
from itertools import count

from django.db import IntegrityError, models, transaction

from muster.core.errors import ConfigError
from muster.tasks.liveness import has_process, this_host
from muster.tasks.models import LONGEST_WORKER, Run, Worker

BEAT = timedelta(seconds=5)
SILENCE = timedelta(seconds=25)
"""Five beats: long enough for a slow disk, and short enough that a run goes on within a minute."""


def register(name: str, *, slots: int, at: datetime) -> Worker:
    """Return this process as a worker under a name, or under the first free one of its machine.

    A name that its holder left is taken over, so that a worker that starts again finds its work.
    Raises ConfigError if a living worker has the name.
    """
    if name:
        _check_name(name)
        if (found := _take(name, slots=slots, at=at)) is not None:
            return found
        raise ConfigError(
            f"a worker named '{name}' is running",
            hint=f"Choose another name, or wait {SILENCE.seconds} seconds if it has just ended.",
        )
    names = (f"{this_host()[: LONGEST_WORKER - 10]}-{number}" for number in count(1))
    return next(each for name in names if (each := _take(name, slots=slots, at=at)) is not None)


def beat(worker: Worker, *, at: datetime) -> bool:
    """Say that a worker lives; False if its name has become another's: it was silent too long."""
    return _own(worker).update(heartbeat_at=at) > 0


def say_ending(worker: Worker, *, at: datetime) -> None:
    """Say that a worker takes no more runs."""
    _own(worker).update(ending_at=at)


def leave(worker: Worker) -> None:
    """Let a worker's name go that has ended in order."""
    _own(worker).delete()


def living(at: datetime) -> list[Worker]:
    """Return the workers that are alive."""
    return [each for each in Worker.objects.order_by("name") if is_alive(each, at=at)]


def is_alive(worker: Worker, *, at: datetime) -> bool:
    """True unless a worker was silent too long, or this machine says that its process is gone."""
    if at - worker.heartbeat_at > SILENCE:
        return False
    return worker.host != this_host() or has_process(worker.pid)


def is_doing(run: Run, *, at: datetime) -> bool:
    """True if the worker lives that took a run."""
    worker = Worker.objects.filter(name=run.worker, host=run.host, pid=run.pid).first()
    return worker is not None and is_alive(worker, at=at)


def _take(name: str, *, slots: int, at: datetime) -> Worker | None:
    fields = {
        "host": this_host(),
        "pid": os.getpid(),
        "slots": slots,
        "started_at": at,
        "heartbeat_at": at,
        "ending_at": None,
    }
    found = Worker.objects.filter(name=name).first()
    if found is None:
        try:
            with transaction.atomic():
                return Worker.objects.create(name=name, **fields)
        except IntegrityError:
            return None
    if is_alive(found, at=at) or not _own(found).update(**fields):
        return None
    found.refresh_from_db()
    return found


def _own(worker: Worker) -> models.QuerySet[Worker]:
    return Worker.objects.filter(pk=worker.pk, host=worker.host, pid=worker.pid)


def _check_name(name: str) -> None:
    if len(name) > LONGEST_WORKER or not name.isprintable():
        raise ConfigError(
            f"the name of a worker is at most {LONGEST_WORKER} printable characters",
            hint="Shorten it.",
        )
