"""One source collecting in its own thread, its records read from another in bounded lists."""

import asyncio
import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import aclosing, suppress
from typing import Any

from muster.core.records import AnyRecord, CollectionReport
from muster.core.source import Context, Source

RECORDS_AT_ONCE = 1000
"""About a page: whoever ingests can begin soon, and puts lists together while it is busy."""
_LISTS_WAITING = 1
_LOOK_UP_SECONDS = 0.1
"""How often the reading side looks whether it should stop."""


def nothing() -> None:
    """What most do while they wait."""


class Collecting:
    """A running collection. `error` is how it ended: None while running, or if all went well.

    It `has_ended` when nothing more is asked for, although lists may be left to read.
    """

    def __init__(self, source: Source, context: Context) -> None:
        """Start at once; `close` must follow."""
        self._source = source
        self._context = context
        self._lists: queue.SimpleQueue[list[AnyRecord] | None] = queue.SimpleQueue()
        self._loop = asyncio.new_event_loop()
        self._room = asyncio.Semaphore(_LISTS_WAITING)
        self._task: asyncio.Task[None] = self._loop.create_task(self._collect())
        self.error: BaseException | None = None
        self.has_ended = threading.Event()
        self._thread = threading.Thread(
            target=self._work, name=f"collect {source.name}", daemon=True
        )
        self._thread.start()

    def lists(
        self, stop: threading.Event, *, idle: Callable[[], None] = nothing
    ) -> Iterator[list[AnyRecord]]:
        """Yield lists of records, in order; ends soon after `stop` is set.

        `idle` is called now and then while there is none.
        """
        while not stop.is_set():
            try:
                records = self._lists.get(timeout=_LOOK_UP_SECONDS)
            except queue.Empty:
                idle()
                continue
            if records is None:
                return
            with suppress(RuntimeError):  # the loop has ended and nobody waits for room
                self._loop.call_soon_threadsafe(self._room.release)
            yield records

    def close(self) -> None:
        """Stop if it runs, and wait until it has."""
        with suppress(RuntimeError):  # the loop has ended by itself
            self._loop.call_soon_threadsafe(self._task.cancel)
        self._thread.join()

    def _work(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._task)
        except BaseException as error:  # noqa: BLE001 - crosses the thread; judged by the reader
            self.error = error
        finally:
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
            # Closing does not wait for a blocking call that still runs, such as a sign-in.
            self._loop.close()
            self.has_ended.set()
            self._lists.put(None)

    async def _collect(self) -> None:
        records: list[AnyRecord] = []
        stream: Any = self._source.collect(self._context)
        async with aclosing(stream):
            try:
                async for record in stream:
                    records.append(record)
                    if len(records) >= RECORDS_AT_ONCE or isinstance(record, CollectionReport):
                        await self._hand_over(records)
                        records = []
            except Exception:
                await self._hand_over(records)
                raise
        await self._hand_over(records)

    async def _hand_over(self, records: list[AnyRecord]) -> None:
        if records:
            await self._room.acquire()
            self._lists.put(records)
