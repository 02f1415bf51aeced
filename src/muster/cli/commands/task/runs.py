"""The part of `muster task` that is about runs: run, stop, runs and log."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from muster.cli.commands.task.group import app, found_task
from muster.cli.declaring import command
from muster.cli.session import Session
from muster.cli.task_options import TaskName, now

if TYPE_CHECKING:
    from muster.organizations.scope import Scope
    from muster.tasks.models import Task

_COLUMNS = {
    "started_at": "Started",
    "ended_at": "Ended",
    "status": "Status",
    "trigger": "Started by",
    "worker": "Worker",
    "error": "Error",
    "id": "Run",
}


@command(app, "run")
def run(
    session: Session,
    task: TaskName,
    *,
    here: Annotated[
        bool, typer.Option("--here", help="In this process, and wait until it has ended.")
    ] = False,
) -> None:
    """Run a task now: a worker does, or this command with --here."""
    scope, found = found_task(session, task)
    _run_here(session, scope, found) if here else _run(session, scope, found)


@command(app, "stop")
def stop(session: Session, task: TaskName) -> None:
    """Stop the run that waits or is going; where there is none, remove the task."""
    scope, found = found_task(session, task)
    _stop(session, scope, found)


@command(app, "runs")
def runs(
    session: Session,
    task: TaskName,
    *,
    most: Annotated[int, typer.Option("--most", min=1, max=10_000, help="How many.")] = 20,
) -> None:
    """List a task's runs, and the times at which it was due and did not run."""
    scope, found = found_task(session, task)
    from muster.tasks.pasts import past

    shown = past(scope, found, most=most)
    session.answer(shown) if session.is_json else session.table(_COLUMNS, map(_row, shown))


@command(app, "log")
def log(
    session: Session,
    task: TaskName,
    *,
    run_id: Annotated[
        str, typer.Option("--run", help="Id of a run; the latest if not given.")
    ] = "",
) -> None:
    """Show what a run of a task said."""
    scope, found = found_task(session, task)
    _log(session, scope, found, run_id)


def _run(session: Session, scope: "Scope", task: "Task") -> None:
    from muster.tasks import services
    from muster.tasks.pasts import run_document
    from muster.tasks.worker.heartbeats import living

    run = services.run(scope, task, at=now())
    if session.is_json:
        session.answer(run_document(run))
    else:
        session.say(f"The run {run.uid} of {task.name} waits for a worker.")
    if not living(now()):
        session.tell("No worker is running. Start one with: muster worker")


def _run_here(session: Session, scope: "Scope", task: "Task") -> None:
    from muster.cli.outcome import show
    from muster.cli.progress import bars
    from muster.tasks import services
    from muster.tasks.connectors import run_now

    services.check_may_run(scope, task)
    with bars(session) as watcher:
        run = run_now(scope, task, watcher=watcher)
    show(session, run)


def _stop(session: Session, scope: "Scope", task: "Task") -> None:
    from muster.tasks import services
    from muster.tasks.pasts import run_document

    stopped = services.stop(scope, task, at=now())
    if session.is_json:
        session.answer(
            {"removed": stopped is None, "run": run_document(stopped) if stopped else None}
        )
    elif stopped is None:
        session.say(f"Nothing was going; removed the task {task.name}. Its runs stay.")
    elif stopped.ended_at is not None:
        session.say(f"Stopped the run of {task.name} before it began.")
    else:
        session.say(f"The run of {task.name} ends within moments; its whole pages are kept.")


def _log(session: Session, scope: "Scope", task: "Task", run_id: str) -> None:
    from muster.tasks.pasts import log_of, run_document, run_of

    run = run_of(scope, task, run_id)
    if session.is_json:
        session.answer({"run": run_document(run), "log": list(log_of(run))})
        return
    for each in log_of(run):
        fields = " ".join(f"{name}={value}" for name, value in each["fields"].items())
        session.say(f"{each['at'][:19]} {each['level']:<7} {each['event']} {fields}".rstrip())
    ended = f" {run.error}" if run.error else ""
    session.say(f"{run.status}{ended}")


def _row(run: dict[str, Any]) -> dict[str, Any]:
    shown = {name: (run[name] or "")[:19].replace("T", " ") for name in ("started_at", "ended_at")}
    return {**run, **shown}
