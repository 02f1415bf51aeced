"""What one part of a run tells: its records, and where it stands, to go on from there."""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Protocol

from muster.core.errors import MusterError
from muster.core.records import AnyRecord, Collection
from muster.core.source import Checkpoints, Progress
from muster.integrations.entra.listing import LostPlaceError

Place = Mapping[str, str]
"""Where something stands: links and ids, by names that whoever reads them again has given."""

NEXT = "next"
"""In a place: the link of the page to go on with."""

_DONE = "done"
# Numbers stand in a place beside the links: records told, what was counted of these, and what was
# counted in the whole run until then.
_TOLD = "told "
_COUNTED = "counted "
_OVERALL = "overall "


class Tally:
    """Progress that knows what was counted in the whole run, however often it broke off."""

    def __init__(self, progress: Progress, checkpoints: Checkpoints | None) -> None:
        """Begin with what the farthest of the checkpoints says."""
        self._progress = progress
        self.counts: Counter[str] = Counter()
        farthest: Counter[str] = Counter()
        for place in (checkpoints or {}).values():
            farthest |= _numbers(place, _OVERALL)
        for name, amount in farthest.items():
            self.count(name, amount)

    def advance(self, collection: Collection, done: int, total: int | None = None) -> None:
        """Pass it on."""
        self._progress.advance(collection, done, total)

    def log(self, level: str, event: str, **fields: object) -> None:
        """Pass it on."""
        self._progress.log(level, event, **fields)

    def count(self, name: str, amount: int = 1) -> None:
        """Pass it on, and remember it."""
        self.counts[name] += amount
        self._progress.count(name, amount)

    def overall(self) -> dict[str, str]:
        """Return what was counted, as it stands in a place."""
        return _texts(_OVERALL, self.counts)

    def count_of_part(self, name: str, amount: int) -> None:
        """Pass on what a part remembers."""
        self._progress.count(name, amount)


class Outlet(Protocol):
    """Where all jobs of a run put what they have. `places` are those of the run that broke off."""

    @property
    def progress(self) -> Tally:
        """Where to log and to count."""

    @property
    def places(self) -> Checkpoints:
        """Where each part stood when the run broke off."""

    async def put(self, records: Sequence[AnyRecord]) -> None:
        """Hand on records; waits while the consumer is behind."""

    async def put_places(self, places: Mapping[str, Place]) -> None:
        """Hand on places of parts, after what failed so far; an empty one drops the part."""

    def add(self, collection: Collection, amount: int) -> None:
        """Count records."""

    def expect(self, collection: Collection, total: int | None) -> None:
        """Say how many there will be, where known."""

    def fail(self, collection: Collection, error: MusterError) -> None:
        """Make a collection incomplete; the first reason is kept."""


class Teller:
    """One part of a run: a job, or something within it that stands in a place of its own.

    `place` is where it stood when the run broke off; empty at the beginning.
    """

    def __init__(self, outlet: Outlet, part: str, parent: "Teller | None" = None) -> None:
        """Go on where the part stood, with what it had told and counted until then."""
        self._outlet = outlet
        self._part = part
        self._parent = parent
        self._told: Counter[str] = Counter()
        self._counted: Counter[str] = Counter()
        self.place: Place = outlet.places.get(part, {})
        for name, amount in _numbers(self.place, _TOLD).items():
            self.credit(Collection(name), amount)
        for name, amount in _numbers(self.place, _COUNTED).items():
            self.count(name, amount)

    async def emit(self, collection: Collection, records: Sequence[AnyRecord]) -> None:
        """Hand on records; waits while the consumer is behind."""
        if records:
            self.credit(collection, len(records))
            await self._outlet.put(records)

    def credit(self, collection: Collection, amount: int) -> None:
        """Count records as told."""
        self._outlet.add(collection, amount)
        self.remember(collection, amount)

    def remember(self, collection: Collection, amount: int) -> None:
        """Add to what this part, and what it is within, has told."""
        self._told[collection] += amount
        if self._parent is not None:
            self._parent.remember(collection, amount)

    def count(self, name: str, amount: int = 1) -> None:
        """Count something of the run that is not to be counted again when it is read again."""
        self._counted[name] += amount
        self._outlet.progress.count_of_part(name, amount)

    def expect(self, collection: Collection, total: int | None) -> None:
        """Say how many there will be, where known."""
        self._outlet.expect(collection, total)

    def fail(self, collection: Collection, error: MusterError) -> None:
        """Make a collection incomplete; the first reason is kept."""
        self._outlet.fail(collection, error)

    def within(self, detail: str) -> "Teller":
        """Return who tells of something in this part that stands in a place of its own."""
        return Teller(self._outlet, f"{self._part} {detail}", self)

    async def stands(self, place: Place, *, marks: Mapping[str, Place] | None = None) -> None:
        """Say that all before this place was emitted; `marks` change with it."""
        numbers = {
            **_texts(_TOLD, self._told),
            **_texts(_COUNTED, self._counted),
            **self._outlet.progress.overall(),
        }
        await self._outlet.put_places({self._part: {**place, **numbers}, **self._named(marks)})

    async def mark(self, marks: Mapping[str, Place]) -> None:
        """Keep places beside this one, by names; an empty one drops what was kept."""
        await self._outlet.put_places(self._named(marks))

    def marks(self) -> dict[str, Place]:
        """Return what was kept beside the place when the run broke off; none without a place."""
        if not self.place:
            return {}
        begin = f"{self._part} "
        return {
            part.removeprefix(begin): place
            for part, place in self._outlet.places.items()
            if part.startswith(begin)
        }

    async def go_on(self, work: Callable[["Teller"], Awaitable[None]]) -> None:
        """Do what is left of the work, or all of it again if the place is lost."""
        if _DONE in self.place:
            return
        try:
            await work(self)
        except LostPlaceError as error:
            if not self.place:
                raise
            await self._begin_anew(error)
            await work(self)
        await self.stands({_DONE: "yes"})

    async def _begin_anew(self, error: LostPlaceError) -> None:
        self._outlet.progress.log(
            "warning", f"{self._part}: cannot go on there, read anew", reason=error.message
        )
        self._outlet.progress.count("restarts")
        for collection, amount in list(self._told.items()):
            self.credit(Collection(collection), -amount)
        for name, amount in list(self._counted.items()):
            self.count(name, -amount)
        await self.stands({}, marks={each: {} for each in self.marks()})
        self.place = {}

    def _named(self, marks: Mapping[str, Place] | None) -> dict[str, Place]:
        return {f"{self._part} {detail}": place for detail, place in (marks or {}).items()}


def _numbers(place: Place, kind: str) -> Counter[str]:
    return Counter(
        {
            name.removeprefix(kind): int(text)
            for name, text in place.items()
            if name.startswith(kind)
        }
    )


def _texts(kind: str, numbers: Mapping[str, int]) -> dict[str, str]:
    return {f"{kind}{name}": str(amount) for name, amount in numbers.items()}
