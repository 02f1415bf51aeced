"""Starting runs on the engine: only as many as this worker is free for, organizations in turn."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from muster.tasks import engine
from muster.tasks.worker import heartbeats, rows
from muster.tasks.worker.executing import Executor
from muster.tasks.worker.fairness import next_runs, share
from muster.tasks.worker.placing import placed

FORGOTTEN = timedelta(minutes=1)
"""Handed out when somebody was free, and not begun since: the process died in between."""


def dispatch(at: datetime, *, limits: Mapping[str, int], executor: Executor) -> int:
    """Start the next runs in this process and return how many.

    Where others are free too, it leaves them their share: they look within half a second.
    """
    rows.take_back(at - FORGOTTEN)
    free = executor.free()
    if not free or not rows.is_any_waiting():
        return 0
    with rows.only_one():
        going = rows.going_runs()
        slots = sum(each.slots for each in heartbeats.living(at) if each.ending_at is None)
        everywhere = max(free, slots - len(going))
        waiting, placing = placed(rows.waiting_runs(), going=going, limits=limits, at=at)
        chosen = next_runs(
            waiting, going=going, limits=limits, own_limits=placing.limits, free=everywhere
        )
        mine = share(chosen, free=free, of=everywhere)
        released = rows.release([each.run for each in mine], explorers=placing.chosen, at=at)
    for each in released:
        executor.expect(each.uid)
        engine.start(str(each.uid), attempt=each.attempt)
    return len(released)
