"""The one place where a failure becomes a sentence and an exit code."""

import contextlib
import errno
import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import typer

from muster.cli.session import printable
from muster.core.errors import ConfigError, DataError, MusterError, QueryError, UnavailableError

if TYPE_CHECKING:
    from muster.cli.session import Session

FAILED = 1
STOPPED = 130
BROKEN_PIPE = 141

_AROUND = 60
"""How much of a long query is shown before and behind the place meant."""

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@contextlib.contextmanager
def told_errors(session: "Session") -> Iterator[None]:
    """Tell whatever goes wrong inside in a sentence, and end the command with its exit code."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        _leave_quietly()  # before Typer sees it, who would end with 1
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
        sys.stderr.write(_last_words(error))
        sys.exit(FAILED)


def _last_words(error: Exception) -> str:
    if (foreseen := told(error)) is not None:
        return f"Error: {foreseen.message}\n"
    from muster.cli.crash import report

    return report(error)


def told(error: Exception) -> MusterError | None:
    """Return our error for one that an installation can meet, None for a bug."""
    if isinstance(error, UnicodeDecodeError):
        return DataError(
            f"the database holds text that cannot be read ({error.reason})",
            hint="Its file is damaged: restore it from a backup, or choose another MUSTER_HOME.",
        )
    if isinstance(error, UnicodeEncodeError):
        return ConfigError(
            "a name or value on the command line is not UTF-8",
            hint="Use UTF-8 in the terminal; see what LC_ALL and LANG say.",
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
    if "django" not in sys.modules:
        return False  # An Explorer's machine does not have it.
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
        "Check that the user that runs Muster may write MUSTER_HOME or MUSTER_DATABASE_URL's file.",
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
        ("too complex", "too big", "value too long"),
        "what was given is too long to look for or to keep",
        "Shorten it.",
    ),
    (
        ("no such table",),
        "the database lacks a part that Muster made in it",
        "Restore it from a backup, or choose another database.",
    ),
    (
        (
            "failed to resolve",
            "getaddrinfo",
            "connection",
            "could not translate host name",
            "password authentication",
            "server closed",
        ),
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
        session.tell(_pointed(error))
    if error.hint:
        session.tell(f"  {error.hint}")


def _pointed(error: QueryError) -> str:
    """Return the query's part around the place meant, with carets under it, on one line."""
    at = error.position or 0
    start = max(0, at - _AROUND)
    end = max(at, min(len(error.text), at + error.length)) + _AROUND
    end = min(end, at + 2 * _AROUND)
    before, behind = "..." if start else "", "..." if end < len(error.text) else ""
    line = f"  {before}{printable(error.text[start:end])}{behind}"
    if error.position is None:
        return line
    carets = "^" * max(1, min(error.length, end - at, len(error.text) - at))
    return f"{line}\n  {' ' * (len(before) + at - start)}{carets}"


def _leave_quietly() -> None:
    """Whoever read our answer has seen enough; nothing more can be said to them."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(BROKEN_PIPE)
