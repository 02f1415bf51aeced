"""What to do when a task is due, after a downtime too."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from muster.tasks.schedules.occurrences import latest_until, next_after
from muster.tasks.schedules.schedule import Schedule

ON_TIME = timedelta(minutes=1)
"""A scheduler looks now and then: so late is not late, whatever the grace period."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What comes of a time that has come.

    `due_at` is the latest time that has come and stands for all before it. `runs` is False if it
    is further back than the grace period; `next_at` is None if it is never due again.
    """

    due_at: datetime
    runs: bool
    next_at: datetime | None


def judge(schedule: Schedule, due: datetime, *, now: datetime, grace: timedelta) -> Verdict:
    """Return what to do about a task that has been due since `due`, which is not after `now`.

    However many times were missed, it runs once, and only if the latest of them is within grace.
    """
    latest = latest_until(schedule, now, since=due)
    return Verdict(
        due_at=latest,
        runs=now - latest <= max(grace, ON_TIME),
        next_at=next_after(schedule, now),
    )
