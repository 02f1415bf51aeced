"""How much there is of what, over all organizations: cheap to count, and says nothing of anyone."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Min

from muster.notices.models import Channel, Delivery, Event, State
from muster.organizations.models import Organization
from muster.tasks.models import DOING, Run, Task, Worker
from muster.tasks.worker.heartbeats import living


@dataclass(frozen=True, slots=True)
class Figures:
    """What was counted at one moment. Ages are None where there is nothing to be old."""

    organizations: int
    tasks: int
    runs_active: int
    oldest_heartbeat: timedelta | None
    runs_by_status: dict[str, int]
    workers: int
    workers_living: int
    events: int
    deliveries_waiting: int
    oldest_due: timedelta | None
    deliveries_failed: int
    channels_failing: int


def figures(*, at: datetime) -> Figures:
    """Count. `events` is the number of the newest one, as counting all would read them all."""
    active = Run.objects.filter(status__in=DOING).aggregate(n=Count("pk"), at=Min("heartbeat_at"))
    waiting = Delivery.objects.filter(state=State.WAITING, channel__halted_at=None)
    due = waiting.aggregate(n=Count("pk"), at=Min("due_at"))
    statuses = Run.objects.order_by().values("status").annotate(n=Count("pk"))
    return Figures(
        organizations=Organization.objects.count(),
        tasks=Task.objects.count(),
        runs_active=active["n"],
        oldest_heartbeat=_age(active["at"], at),
        runs_by_status={each["status"]: each["n"] for each in statuses},
        workers=Worker.objects.count(),
        workers_living=len(living(at)),
        events=Event.objects.aggregate(newest=Max("pk"))["newest"] or 0,
        deliveries_waiting=due["n"],
        oldest_due=_age(due["at"], at),
        deliveries_failed=Delivery.objects.filter(state=State.FAILED).count(),
        channels_failing=Channel.objects.filter(is_working=False).count(),
    )


def _age(since: datetime | None, at: datetime) -> timedelta | None:
    """Return how long ago it was; nothing where it is yet to come."""
    return None if since is None else max(timedelta(), at - since)
