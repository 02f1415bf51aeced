"""The worker beside the web server: a process of its own, started again if it is lost."""

import contextlib
import multiprocessing
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from multiprocessing.process import BaseProcess
from typing import Any

_AGAIN_SECONDS = 5.0
_ENDING_SECONDS = 30.0

Tell = Callable[[str], None]


@contextlib.contextmanager
def worker_beside(*, slots: int, tell: Tell) -> Iterator[None]:
    """Keep a worker running for as long as this process serves, and end it in order."""
    is_over = threading.Event()
    thread = threading.Thread(
        target=_keep_running, args=(slots, is_over, tell), name="worker", daemon=True
    )
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join(_ENDING_SECONDS + _AGAIN_SECONDS)


def _keep_running(slots: int, is_over: threading.Event, tell: Tell) -> None:
    context = multiprocessing.get_context("spawn")
    while not is_over.is_set():
        process = context.Process(target=work, kwargs={"slots": slots}, name="muster worker")
        process.start()
        _watch(process, is_over)
        if not is_over.wait(0 if process.exitcode is None else _AGAIN_SECONDS):
            tell("The worker ended before its time; it is started again.")


def _watch(process: BaseProcess, is_over: threading.Event) -> None:
    """Return when the process has ended, which it is told to once all is over."""
    while process.is_alive() and not is_over.wait(0.2):
        pass
    if process.is_alive():
        process.terminate()
        process.join(_ENDING_SECONDS)
    if process.is_alive():
        process.kill()
        process.join()


def work(*, slots: int) -> None:
    """Be the worker: run tasks until told to end, or until the process that serves is gone."""
    until = threading.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: until.set())
    _end_with_parent(until)
    import django

    django.setup()
    from django.conf import settings

    from muster.core.errors import ConfigError
    from muster.tasks.worker.loop import serve

    try:
        serve(
            name="",
            slots=slots,
            limits=settings.RUN_LIMITS,
            clock=lambda: datetime.now(UTC),
            until=until,
            tell=_tell,
        )
    except ConfigError as error:
        _tell(f"The worker cannot run: {error.message} {error.hint}")
        sys.exit(2)


def _end_with_parent(until: threading.Event) -> None:
    """One that is killed tells nobody: its end is seen from here."""
    parent = multiprocessing.parent_process()

    def wait() -> None:
        if parent is not None:
            parent.join()
        until.set()

    threading.Thread(target=wait, name="parent", daemon=True).start()


def _tell(sentence: str) -> Any:
    return sys.stderr.write(sentence + "\n")
