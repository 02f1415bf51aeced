"""The one place where a failure becomes a sentence and an exit code."""

import contextlib
import errno
import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import typer

from muster.core.errors import ConfigError, DataError, MusterError, QueryError, UnavailableError

if TYPE_CHECKING:
    from muster.cli.session import Session

FAILED = 1
STOPPED = 130
BROKEN_PIPE = 141

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@contextlib.contextmanager
def told_errors(session: "Session") -> Iterator[None]:
    """Tell whatever goes wrong inside in a sentence, and end the command with its exit code."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except MusterError as error:
        _tell(session, error)
        raise typer.Exit(FAILED) from error
    except KeyboardInterrupt as error:
        session.tell("Stopped. What was stored in whole pages before is kept.")
        raise typer.Exit(STOPPED) from error
    except Exception as error:
        if (foreseen := told(error)) is None:
            raise
        _tell(session, foreseen)
        raise typer.Exit(FAILED) from error


@contextlib.contextmanager
def ending() -> Iterator[None]:
    """End the process well: quietly where the reader left, with a report where we have a bug."""
    try:
        yield
    except BrokenPipeError:
        _leave_quietly()
    except KeyboardInterrupt:
        sys.exit(STOPPED)
    except Exception as error:  # noqa: BLE001 - the last one who can say anything
        from muster.cli.crash import report

        sys.stderr.write(report(error))
        sys.exit(FAILED)


def told(error: Exception) -> MusterError | None:
    """Return our error for one that an installation can meet, None for a bug."""
    if isinstance(error, UnicodeDecodeError):
        return DataError(
            f"the input is not UTF-8: byte {error.start} of it cannot be read",
            hint="Convert it first, such as with: iconv -f latin1 -t utf-8.",
        )
    if isinstance(error, OSError):
        return _told_system(error)
    if _is_of_database(error):
        return _told_database(str(error))
    return None


def _told_system(error: OSError) -> MusterError:
    what = f"{error.filename}: " if error.filename else ""
    if error.errno in _FULL:
        return UnavailableError(
            f"{what}the disk is full", hint="Free some space and run the command again."
        )
    return ConfigError(f"{what}{error.strerror or error}")


def _is_of_database(error: Exception) -> bool:
    from django.db import DatabaseError, InterfaceError

    modules = {each.__module__.partition(".")[0] for each in type(error).__mro__}
    return isinstance(error, DatabaseError | InterfaceError) or bool(
        modules & {"sqlite3", "psycopg"}
    )


# What the engines say, and what it means. The first that fits is told.
_DATABASE = (
    (
        ("disk is full", "disk I/O error", "No space left", "DiskFull"),
        "the disk is full, or the database's file cannot grow",
        "Free some space and run the command again; what was stored before is intact.",
    ),
    (
        ("readonly database", "read-only transaction", "read-only"),
        "the database is read-only",
        "Give the user that runs Muster the right to write it and its folder.",
    ),
    (
        ("unable to open database", "not authorized"),
        "the database cannot be opened",
        "Check that MUSTER_HOME is a folder which the user that runs Muster may write.",
    ),
    (
        ("is locked", "lock timeout", "deadlock"),
        "another process keeps the database busy",
        "Wait until the other command is done, then run this one again.",
    ),
    (
        ("not a database", "malformed"),
        "the database's file is damaged, or is no database",
        "Restore it from a backup, or choose another MUSTER_HOME.",
    ),
    (
        ("connection", "could not translate host name", "password authentication", "server closed"),
        "the database server cannot be reached or refused us",
        "Check MUSTER_DATABASE_URL and that the server runs.",
    ),
)


def _told_database(said: str) -> MusterError | None:
    for signs, message, hint in _DATABASE:
        if any(sign.casefold() in said.casefold() for sign in signs):
            return UnavailableError(f"{message} ({said.strip().splitlines()[0]})", hint=hint)
    return None


def _tell(session: "Session", error: MusterError) -> None:
    session.tell(f"Error: {error.message}")
    if isinstance(error, QueryError) and error.text:
        session.tell("\n".join(f"  {line}" for line in error.pointed().splitlines()))
    if error.hint:
        session.tell(f"  {error.hint}")


def _leave_quietly() -> None:
    """Whoever read our answer has seen enough; nothing more can be said to them."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(BROKEN_PIPE)
