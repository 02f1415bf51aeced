"""`muster fingerprints`: what there is, more from a file or address, and whether it holds."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from muster.cli.declaring import command, group
from muster.cli.session import Session

if TYPE_CHECKING:
    from muster.fingerprints.database import Database

app = group("Install and test fingerprints.")

_COLUMNS = {
    "subject": "Matched against",
    "fingerprints": "Fingerprints",
    "origin": "File",
    "from": "From",
}
_INSTALLED = {"name": "File", "subject": "Matched against", "entries": "Entries"}
_FAILURES = {"origin": "File", "description": "Fingerprint", "what": "What", "text": "Example"}
_EXIT_FAILED = 1


@command(app, "list")
def show_all(session: Session) -> None:
    """List the databases of fingerprints: Muster's own, and those installed."""
    rows = [
        {
            "subject": each.subject,
            "fingerprints": len(each.fingerprints),
            "origin": each.origin,
            "from": whose,
        }
        for each, whose in _databases(session, own=True)
    ]
    session.answer(rows) if session.is_json else session.table(_COLUMNS, rows)


@command(app, "install")
def install(
    session: Session,
    source: Annotated[
        str, typer.Argument(help="A file, folder, .zip or .tar.gz, or an https address of one.")
    ],
) -> None:
    """Add databases in recog's format, or IEEE's oui.csv, to those that scans use.

    All of them are read before any is kept: one malformed file, and nothing changes.
    """
    from muster.fingerprints.installing import install as install_from

    found = install_from(source, _folder())
    rows = [{"name": each.name, "subject": each.subject, "entries": each.entries} for each in found]
    if session.is_json:
        session.answer(rows)
    else:
        session.table(_INSTALLED, rows)
        session.say(f"Installed {len(rows)} files into {_folder()}.")


@command(app, "test")
def check(
    session: Session,
    *,
    installed: Annotated[bool, typer.Option(help="Only those installed, not our own.")] = False,
) -> None:
    """Try every fingerprint on its own examples; exits with 1 if one does not hold."""
    from muster.fingerprints.examples import verdict

    verdicts = [verdict(each) for each, _whose in _databases(session, own=not installed)]
    failures = [failure for each in verdicts for failure in each.failures]
    rows = [{key: getattr(each, key) for key in _FAILURES} for each in failures]
    fingerprints = sum(each.fingerprints for each in verdicts)
    examples = sum(each.examples for each in verdicts)
    if session.is_json:
        told = {"fingerprints": fingerprints, "examples": examples, "failures": rows}
        session.answer(told)
    else:
        if rows:
            session.table(_FAILURES, rows)
        session.say(
            f"{fingerprints} fingerprints with {examples} examples, {len(rows)} of which fail."
        )
    if rows:
        raise typer.Exit(_EXIT_FAILED)


def _folder() -> Path:
    from muster.core.database_url import home_folder
    from muster.fingerprints.library import FOLDER

    return home_folder(os.environ) / FOLDER


def _databases(session: Session, *, own: bool) -> list[tuple["Database", str]]:
    """Return the databases with whose they are; one that cannot be read is told and left out."""
    from muster.core.errors import MusterError
    from muster.fingerprints.library import OWN, files_in
    from muster.fingerprints.reading import read_file

    found = []
    for folder, whose in [*([(OWN, "Muster")] if own else []), (_folder(), "installed")]:
        for path in files_in(folder):
            try:
                found.append((read_file(path), whose))
            except MusterError as error:
                session.tell(f"Left out: {error.message}")
    return sorted(found, key=lambda each: (each[0].subject, each[1], each[0].origin))
