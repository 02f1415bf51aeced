"""`muster worker`: the process that runs tasks when they are due."""

import signal
import threading
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from muster.cli.declaring import command, single
from muster.cli.session import Session

app = single()


@command(app, "worker")
def work(
    session: Session,
    *,
    name: Annotated[
        str, typer.Option(help="What to call it; by itself after its machine. Keep it.")
    ] = "",
    slots: Annotated[int, typer.Option(min=1, max=100, help="How many runs at once.")] = 4,
) -> None:
    """Run tasks when they are due, until told to end (SIGTERM or Ctrl-C)."""
    session.open()
    from django.conf import settings

    from muster.tasks.worker.loop import serve

    until = threading.Event()

    def end(_number: int, _frame: Any) -> None:
        if until.is_set():
            raise KeyboardInterrupt
        until.set()

    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, end)
    serve(
        name=name,
        slots=slots,
        limits=settings.RUN_LIMITS,
        clock=lambda: datetime.now(UTC),
        until=until,
        tell=session.tell,
    )
