"""Which of many waiting runs are next. Pure: values in, values out."""

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

Lane = tuple[str, object]
"""Something that only so many runs may share: its kind, and which one it is."""

NO_LIMITS: Mapping[Lane, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Waiting:
    """A run that waits. Organizations take turns; `lanes` are what it shares with others."""

    run: int
    organization: int
    lanes: tuple[Lane, ...]


def next_runs(
    waiting: Sequence[Waiting],
    *,
    going: Sequence[Waiting],
    limits: Mapping[str, int],
    own_limits: Mapping[Lane, int] = NO_LIMITS,
    free: int,
) -> list[Waiting]:
    """Return at most `free` of those that wait, oldest first, in the order in which to start.

    The next one is always of the organization with the fewest going, so that one with a thousand
    due tasks does not keep another waiting. No more share a lane than `own_limits` say of it, or
    else `limits` of its kind.
    """
    busy = Counter(lane for each in going for lane in each.lanes)
    served = Counter(each.organization for each in going)
    queues: dict[int, deque[Waiting]] = defaultdict(deque)
    for each in waiting:
        queues[each.organization].append(each)
    turns = {organization: number for number, organization in enumerate(queues)}
    chosen: list[Waiting] = []

    def has_room(lane: Lane) -> bool:
        limit = own_limits.get(lane, limits.get(lane[0]))
        return limit is None or busy[lane] < limit

    while queues and len(chosen) < free:
        organization = min(queues, key=lambda each: (served[each], turns[each]))
        found = _first_with_room(queues[organization], has_room)
        if found is None:
            del queues[organization]
            continue
        queues[organization].remove(found)
        busy.update(found.lanes)
        served[organization] += 1
        chosen.append(found)
    return chosen


def share(chosen: Sequence[Waiting], *, free: int, of: int) -> list[Waiting]:
    """Return the part of what was chosen for all workers that one takes which has `free` slots."""
    return list(chosen[: -(-len(chosen) * free // of)])


def _first_with_room(queue: Sequence[Waiting], has_room: Callable[[Lane], bool]) -> Waiting | None:
    return next((each for each in queue if all(map(has_room, each.lanes))), None)
