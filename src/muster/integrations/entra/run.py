"""One run's jobs side by side: their records in one stream, and a report for each collection."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from muster.core.errors import MusterError
from muster.core.records import AnyRecord, Collection, CollectionReport
from muster.core.source import Progress
from muster.integrations.entra.errors import RefusedError, sentence

SOURCE = "azuread"

_LISTS_AT_ONCE = 8
"""Lists of records waiting for the consumer; one is a page at most, so this bounds memory."""

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
    """One thing done in a run, and the collections it contributes to."""

    work: Callable[["Run"], Awaitable[None]]
    collections: tuple[Collection, ...]


@dataclass(slots=True)
class _State:
    jobs: int
    records: int = 0
    total: int | None = None
    error: MusterError | None = None


class Run:
    """Where jobs put records and failures. A collection is reported when its last job is done."""

    def __init__(self, jobs: Sequence[Job], progress: Progress) -> None:
        """Prepare; nothing runs before `records`."""
        self._jobs = jobs
        self._progress = progress
        self._queue: asyncio.Queue[Sequence[AnyRecord] | None] = asyncio.Queue(_LISTS_AT_ONCE)
        self._states = {
            each: _State(jobs=sum(each in job.collections for job in jobs))
            for job in jobs
            for each in job.collections
        }

    async def emit(self, collection: Collection, records: Sequence[AnyRecord]) -> None:
        """Hand on records; waits while the consumer is behind."""
        if not records:
            return
        state = self._states[collection]
        state.records += len(records)
        self._progress.advance(collection, state.records, state.total)
        await self._queue.put(records)

    def expect(self, collection: Collection, total: int | None) -> None:
        """Say how many there will be, where known."""
        self._states[collection].total = total
        self._progress.advance(collection, self._states[collection].records, total)

    def fail(self, collection: Collection, error: MusterError) -> None:
        """Make a collection incomplete; the first reason is kept."""
        state = self._states[collection]
        if state.error is None:
            state.error = error
            self._progress.log(
                "error", sentence(error, NOUNS[collection]), hint=hint(error, collection)
            )

    @property
    def is_whole(self) -> bool:
        """True if nothing has failed so far."""
        return all(state.error is None for state in self._states.values())

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
            await job.work(self)
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
    if state.error is None:
        return whole
    return CollectionReport(
        source=SOURCE,
        collection=collection,
        complete=False,
        records=state.records,
        error=sentence(state.error, NOUNS[collection]),
        hint=hint(state.error, collection),
        code=state.error.code,
    )
