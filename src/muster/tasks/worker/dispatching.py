"""Handing runs to the engine: only as many as workers are free for, organizations in turn."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from muster.tasks import engine
from muster.tasks.worker import heartbeats, rows
from muster.tasks.worker.fairness import next_runs

FORGOTTEN = timedelta(minutes=1)
"""Handed out when somebody was free, and not begun since: the process died in between."""


def dispatch(at: datetime, *, limits: Mapping[str, int]) -> int:
    """Hand the next runs out and return how many."""
    rows.take_back(at - FORGOTTEN)
    with rows.only_one():
        going = rows.going_runs()
        slots = sum(each.slots for each in heartbeats.living(at) if each.ending_at is None)
        free = slots - len(going)
        if free <= 0:
            return 0
        chosen = next_runs(rows.waiting_runs(), going=going, limits=limits, free=free)
        released = rows.release([each.run for each in chosen], at=at)
    for each in released:
        engine.enqueue(str(each.uid), attempt=each.attempt)
    return len(released)
