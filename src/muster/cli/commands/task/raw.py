"""The part of `muster task` that is about raw data: downloaded, and told again."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, BinaryIO, cast

import typer

from muster.cli.commands.task.group import app
from muster.cli.declaring import command
from muster.cli.errors import FAILED
from muster.cli.session import Session
from muster.core.errors import ConfigError

RunId = Annotated[str, typer.Argument(metavar="RUN", help="The id of a run.")]


@command(app, "data")
def data(
    session: Session,
    run: RunId,
    *,
    out: Annotated[
        str, typer.Option("--out", help="A new file to write to, instead of stdout.")
    ] = "",
    packed: Annotated[bool, typer.Option("--gzip", help="As a gzip file, as it is kept.")] = False,
) -> None:
    """Write what a run was told, as NDJSON that `muster import` and `task replay` read."""
    scope = session.scope
    from muster.tasks.pasts import run_by_id
    from muster.tasks.raw import reading

    found = reading.data_of(scope, run_by_id(scope, run))
    if packed and not out and sys.stdout.isatty():
        raise ConfigError("a gzip file is nothing for a terminal", hint="Name a file with --out.")
    with _opened(out) as file:
        for each in reading.packed(found) if packed else reading.unpacked(found):
            file.write(each)
    session.tell(f"Wrote {found.records:,} records.")


@command(app, "replay")
def replay(session: Session, run: RunId) -> None:
    """Store again what a run was told, and what came after it, as after new rules of matching.

    What people decided stays. Nothing is asked of the source.
    """
    scope = session.scope
    from muster.cli.outcome import document, summary
    from muster.cli.progress import bars
    from muster.tasks.pasts import run_by_id
    from muster.tasks.raw.replaying import replay as replay_run

    with bars(session) as watcher:
        replayed = replay_run(scope, run_by_id(scope, run), watcher=watcher)
    if session.is_json:
        session.answer([document(each) for each in replayed])
    else:
        for each in replayed:
            summary(session, each)
    if not replayed[-1].is_complete:
        raise typer.Exit(FAILED)


@contextmanager
def _opened(out: str) -> Iterator[BinaryIO]:
    """Open a file that is not there yet, or stdout for ""."""
    if not out:
        yield sys.stdout.buffer
        return
    try:
        file = cast("BinaryIO", Path(out).expanduser().open("xb"))
    except FileExistsError as error:
        raise ConfigError(f"{out} is there already", hint="Name a new file.") from error
    except (OSError, ValueError, RuntimeError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise ConfigError(f"{out} cannot be written: {why}") from error
    with file:
        yield file
