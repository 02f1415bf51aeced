"""What runs brought over time, for pictures: the latest runs, and new assets by day."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from muster.organizations.scope import Scope
from muster.tasks.models import Run, Task

_MOST_RUNS = 30


@dataclass(frozen=True, slots=True)
class PastRun:
    """One run that is over."""

    task: Task
    run: Run

    @property
    def records(self) -> int:
        """How many assets, users and groups it told of."""
        words = ("new", "matched", "changed", "unchanged")
        names = [f"{kind}_{word}" for kind in ("assets", "users", "groups") for word in words]
        return sum(int(self.run.statistics.get(name, 0)) for name in names)


def latest_runs_over(scope: Scope, *, most: int = _MOST_RUNS) -> Sequence[PastRun]:
    """Return the organization's latest runs that are over, the oldest of them first."""
    runs = Run.objects.filter(organization=scope.organization, ended_at__isnull=False)
    newest = runs.select_related("task").order_by("-started_at", "-pk")[:most]
    return [PastRun(each.task, each) for each in reversed(newest)]


def new_assets_by_day(scope: Scope, *, days: int, at: datetime) -> list[tuple[date, int]]:
    """Return how many assets runs found for the first time on each day of UTC, today last."""
    first = at.astimezone(UTC).date() - timedelta(days=days - 1)
    begin = datetime(first.year, first.month, first.day, tzinfo=UTC)
    runs = Run.objects.filter(organization=scope.organization, started_at__gte=begin)
    counted: Counter[date] = Counter()
    for started_at, statistics in runs.values_list("started_at", "statistics"):
        counted[started_at.astimezone(UTC).date()] += int(statistics.get("assets_new", 0))
    return [(day, counted[day]) for day in (first + timedelta(days=n) for n in range(days))]
