"""One run's jobs side by side: their records in one stream, and a report for each collection."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from http import HTTPStatus

from muster.core.errors import MusterError
from muster.core.records import AnyRecord, CheckpointRecord, Collection, CollectionReport
from muster.core.source import Checkpoints
from muster.integrations.entra.errors import RefusedError, sentence
from muster.integrations.entra.telling import Place, Tally, Teller

SOURCE = "azuread"

_LISTS_AT_ONCE = 8
"""Lists of records waiting for the consumer; one is a page at most, so this bounds memory."""

_FAILED = "failed "
"""Before the name of a collection: the part under which is kept why it is incomplete."""

NOUNS: Mapping[Collection, str] = {
    Collection.ASSETS: "devices",
    Collection.USERS: "users",
    Collection.GROUPS: "groups",
    Collection.MEMBERSHIPS: "group members",
    Collection.OWNERSHIPS: "owners",
}
PERMISSIONS: Mapping[Collection, str] = {
    Collection.ASSETS: "Device.Read.All",
    Collection.USERS: "User.Read.All",
    Collection.GROUPS: "Group.Read.All",
    Collection.MEMBERSHIPS: "Group.Read.All",
    Collection.OWNERSHIPS: "Device.Read.All and Group.Read.All",
}


@dataclass(frozen=True, slots=True)
class Job:
    """One thing done in a run, under a name, and the collections it contributes to."""

    name: str
    work: Callable[[Teller], Awaitable[None]]
    collections: tuple[Collection, ...]


@dataclass(frozen=True, slots=True)
class _Failure:
    """Why a collection is incomplete, as its report says it."""

    error: str
    hint: str
    code: str


@dataclass(slots=True)
class _State:
    jobs: int
    records: int = 0
    total: int | None = None
    failure: _Failure | None = None


class Run:
    """Where jobs put records and failures. A collection is reported when its last job is done.

    `places` are where the parts stood of a run that broke off and goes on here. Without any to
    go on from they are empty, and None where nobody keeps them.
    """

    def __init__(
        self, jobs: Sequence[Job], progress: Tally, places: Checkpoints | None = None
    ) -> None:
        """Prepare; nothing runs before `records`."""
        self._jobs = jobs
        self.progress = progress
        self.places: Checkpoints = places or {}
        self._keeps_places = places is not None
        self._failures: dict[str, Place] = {}
        self._queue: asyncio.Queue[Sequence[AnyRecord] | None] = asyncio.Queue(_LISTS_AT_ONCE)
        self._states = {
            each: _State(jobs=sum(each in job.collections for job in jobs))
            for job in jobs
            for each in job.collections
        }
        for collection, state in self._states.items():
            if failed := self.places.get(_FAILED + collection):
                state.failure = _Failure(failed["error"], failed["hint"], failed["code"])

    async def put(self, records: Sequence[AnyRecord]) -> None:
        """Hand on records; waits while the consumer is behind."""
        await self._queue.put(records)

    async def put_places(self, places: Mapping[str, Place]) -> None:
        """Hand on where parts stand, if anybody keeps that.

        What failed goes before, every time: no place is ever kept that lies past a hole of which
        nothing is kept.
        """
        if not self._keeps_places:
            return
        await self._queue.put(
            [
                CheckpointRecord(source=SOURCE, part=part, state=place)
                for part, place in {**self._failures, **places}.items()
            ]
        )

    def add(self, collection: Collection, amount: int) -> None:
        """Count records."""
        state = self._states[collection]
        state.records += amount
        self.progress.advance(collection, state.records, state.total)

    def expect(self, collection: Collection, total: int | None) -> None:
        """Say how many there will be, where known."""
        self._states[collection].total = total
        self.progress.advance(collection, self._states[collection].records, total)

    def fail(self, collection: Collection, error: MusterError) -> None:
        """Make a collection incomplete; the first reason is kept."""
        state = self._states[collection]
        if state.failure is not None:
            return
        failure = _Failure(sentence(error, NOUNS[collection]), hint(error, collection), error.code)
        state.failure = failure
        self._failures[_FAILED + collection] = asdict(failure)
        self.progress.log("error", failure.error, hint=failure.hint)

    @property
    def is_whole(self) -> bool:
        """True if nothing has failed so far."""
        return all(state.failure is None for state in self._states.values())

    async def records(self) -> AsyncGenerator[AnyRecord, None]:
        """Yield all records and reports as they come. Leaving early stops the jobs."""
        tasks = [asyncio.create_task(self._worked(job)) for job in self._jobs]
        try:
            running = len(tasks)
            while running:
                records = await self._queue.get()
                if records is None:
                    running -= 1
                    continue
                for record in records:
                    yield record
            for task in tasks:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _worked(self, job: Job) -> None:
        try:
            await self._settled(job)
        except Exception:
            await self._queue.put(None)
            raise
        await self._queue.put(None)

    async def _settled(self, job: Job) -> None:
        try:
            await Teller(self, job.name).go_on(job.work)
        except MusterError as error:
            for each in job.collections:
                self.fail(each, error)
        for each in job.collections:
            state = self._states[each]
            state.jobs -= 1
            if not state.jobs:
                await self._queue.put((_report(each, state),))


def hint(error: MusterError, collection: Collection) -> str:
    """Return what to do, naming the permission where one is missing."""
    if isinstance(error, RefusedError) and error.status == HTTPStatus.FORBIDDEN:
        return f"Most likely {PERMISSIONS[collection]} is missing. {error.hint}"
    return error.hint


def _report(collection: Collection, state: _State) -> CollectionReport:
    whole = CollectionReport(
        source=SOURCE, collection=collection, complete=True, records=state.records
    )
    if state.failure is None:
        return whole
    return CollectionReport(
        source=SOURCE,
        collection=collection,
        complete=False,
        records=state.records,
        error=state.failure.error,
        hint=state.failure.hint,
        code=state.failure.code,
    )
