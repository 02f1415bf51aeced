"""How far a sync of changes has come, so that it can go on from there."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from muster.core.records import CheckpointRecord, Collection
from muster.core.source import Checkpoints
from muster.integrations.entra.run import SOURCE
from muster.integrations.entra.telling import Tally

CHANGES = "changes"
"""The part under which a sync of changes keeps where it stands."""

_MOST_LEFT_OUT = 2000
_INACTIVE = "inactive"
_LEFT_OUT = "left out"
_AT = "at"
_LINK, _LAST, _TOLD = "link ", "last ", "told "


@dataclass(slots=True)
class Passed:
    """Which of the changed objects, in the order of their ids, have been told.

    Asked again where it broke off, Graph tells the same changes and those since. What was passed
    stays passed: `links` are those of the first time, from which the next sync is told the latter.
    """

    tally: Tally
    links: dict[str, str] = field(default_factory=dict)
    at: str = ""
    last: dict[str, str] = field(default_factory=dict)
    told: Counter[str] = field(default_factory=Counter)
    left_out: list[str] = field(default_factory=list)
    inactive: int = 0

    def left(self, collection: Collection, ids: Iterable[str]) -> list[str]:
        """Return those of a collection that are still to be told, in order."""
        last = self.last.get(collection, "")
        return sorted(each for each in ids if each > last)

    def count_inactive(self, amount: int) -> None:
        """Count what was left out, once however often it breaks off."""
        self.inactive += amount
        self.tally.count_of_part(_INACTIVE, amount)

    def pass_over(self, collection: Collection, records: int, *, last: str) -> None:
        """Say that all of a collection up to an id has been told, in so many records more."""
        self.told[collection] += records
        self.last[collection] = last
        self.tally.advance(collection, self.told[collection])

    def record(self) -> CheckpointRecord | None:
        """Return where it stands; None while that would be too long to keep."""
        if len(self.left_out) > _MOST_LEFT_OUT:
            return None
        texts = {_AT: self.at, _INACTIVE: str(self.inactive), _LEFT_OUT: "\t".join(self.left_out)}
        state = {
            **texts,
            **{_LINK + kind: link for kind, link in self.links.items()},
            **{_LAST + collection: last for collection, last in self.last.items()},
            **{_TOLD + collection: str(told) for collection, told in self.told.items()},
            **self.tally.overall(),
        }
        return CheckpointRecord(source=SOURCE, part=CHANGES, state=state)


def passed(tally: Tally, checkpoints: Checkpoints | None) -> Passed:
    """Return how far a sync had come when it broke off; nowhere where there was none."""
    place = (checkpoints or {}).get(CHANGES)
    if not place:
        return Passed(tally)

    def named(begin: str) -> dict[str, str]:
        return {n.removeprefix(begin): text for n, text in place.items() if n.startswith(begin)}

    found = Passed(
        tally,
        links=named(_LINK),
        at=place.get(_AT, ""),
        last=named(_LAST),
        told=Counter({name: int(text) for name, text in named(_TOLD).items()}),
        left_out=[each for each in place.get(_LEFT_OUT, "").split("\t") if each],
    )
    found.count_inactive(int(place.get(_INACTIVE, "0")))
    return found
