"""Taking over from workers that are gone."""

import logging
from datetime import datetime, timedelta

from muster.tasks import engine, liveness
from muster.tasks.queueing import GoingAlreadyError, queue_again
from muster.tasks.worker import heartbeats, rows

_ORPHANED = timedelta(minutes=2)

_log = logging.getLogger(__name__)


def recover(at: datetime) -> None:
    """Put what silent workers were doing back into the queue; one worker does, for all."""
    with rows.only_one():
        for each in rows.workers():
            if heartbeats.is_alive(each, at=at):
                continue
            adopted = engine.adopt(each.name)
            _log.warning("worker gone", extra={"worker": each.name, "adopted": adopted})
            heartbeats.leave(each)
        _queue_orphans(at)


def _queue_orphans(at: datetime) -> None:
    """Queue runs again whose worker is gone and which the engine knows nothing of any more."""
    living = {(each.name, each.host, each.pid) for each in heartbeats.living(at)}
    for run in rows.silent_runs(at - _ORPHANED):
        if (run.worker, run.host, run.pid) in living or not liveness.lose(run, at=at):
            continue
        run.refresh_from_db()
        try:
            if run.stop_asked_at is None:
                queue_again(run, at=at)
        except GoingAlreadyError:
            continue
