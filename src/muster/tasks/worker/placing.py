"""Which Explorer a waiting run goes to, and what becomes of one that none can take."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from muster.explorers.models import Explorer
from muster.explorers.places import Place, place_of
from muster.tasks.announcing import announce_end
from muster.tasks.consequences import draw
from muster.tasks.models import Run, Status
from muster.tasks.worker import rows
from muster.tasks.worker.fairness import Waiting

UNAVAILABLE = "explorer-unavailable"
EXPLORER = "explorer"


@dataclass(slots=True)
class Placing:
    """Finds Explorers with room, in one look at them. `chosen` are their ids, by run."""

    at: datetime
    limit: int
    busy: Counter[object]
    chosen: dict[int, UUID] = field(default_factory=dict)
    limits: dict[tuple[str, object], int] = field(default_factory=dict)
    _places: dict[tuple[int, UUID], Place] = field(default_factory=dict)

    def place(self, waiting: Waiting, run: Run) -> Waiting | None:
        """Return a run with its Explorer among its lanes; None if none has room for it."""
        where = run.task.explorer
        if where is None:
            return waiting
        free = [each for each in self._place(run, where).alive if self._has_room(each)]
        if not free:
            return None
        explorer = min(free, key=lambda each: (self.busy[each.uid], each.pk))
        self.busy[explorer.uid] += 1
        self.chosen[waiting.run] = explorer.uid
        self.limits[EXPLORER, explorer.uid] = self._limit(explorer)
        return replace(waiting, lanes=(*waiting.lanes, (EXPLORER, explorer.uid)))

    def _place(self, run: Run, where: UUID) -> Place:
        key = (run.organization_id, where)
        if key not in self._places:
            self._places[key] = place_of(run.organization, where, at=self.at)
        return self._places[key]

    def _has_room(self, explorer: Explorer) -> bool:
        return self.busy[explorer.uid] < self._limit(explorer)

    def _limit(self, explorer: Explorer) -> int:
        return explorer.most_runs or self.limit


def placed(
    waiting: Sequence[Waiting],
    *,
    going: Sequence[Waiting],
    limits: Mapping[str, int],
    at: datetime,
) -> tuple[list[Waiting], Placing]:
    """Return the runs that can be begun as far as Explorers are concerned, and where each goes."""
    busy = Counter(of for each in going for kind, of in each.lanes if kind == EXPLORER)
    placing = Placing(at, limits.get(EXPLORER, 1), busy)
    runs = rows.placed_runs()
    found = [placing.place(each, runs[each.run]) if each.run in runs else each for each in waiting]
    return [each for each in found if each is not None], placing


def give_up(at: datetime) -> list[Run]:
    """End the runs that have waited too long for an Explorer, each with a sentence."""
    given_up = []
    for run in rows.placed_runs().values():
        assert run.task.explorer is not None
        place = place_of(run.organization, run.task.explorer, at=at)
        since = run.queued_at or run.started_at
        is_late = at - since > timedelta(hours=run.task.grace_hours)
        if not place.alive and (place.is_gone or is_late) and _end(run, place, at=at):
            given_up.append(run)
    return given_up


def _end(run: Run, place: Place, *, at: datetime) -> bool:
    run.status, run.ended_at, run.code = Status.ERROR, at, UNAVAILABLE
    run.error = place.why
    run.hint = (
        "Choose another Explorer for the task, or run it on this server."
        if place.is_gone
        else f"The run waited {run.task.grace_hours} hours, the task's grace period. See that the "
        "Explorer runs and reaches this server."
    )
    with transaction.atomic():
        waiting = Run.objects.filter(
            organization=run.organization, pk=run.pk, status=Status.QUEUED, released_at=None
        )
        ended = waiting.update(
            status=run.status,
            ended_at=at,
            error=run.error,
            hint=run.hint,
            code=run.code,
        )
        if ended:
            announce_end(run, at=at)
            draw(run.task, run, at=at)
    return bool(ended)
