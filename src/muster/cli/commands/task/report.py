"""The part of `muster task` that is about what runs changed."""

from enum import StrEnum
from typing import Annotated

import typer

from muster.cli.changes import After, Limit, write_report
from muster.cli.commands.task.group import app
from muster.cli.declaring import command
from muster.cli.session import Session


class Reported(StrEnum):
    """What a run did to things."""

    NEW = "new"
    CHANGED = "changed"
    GONE = "gone"
    BACK = "back"
    JOINED = "joined"
    MOVED = "moved"
    LINKS = "links"


class Things(StrEnum):
    """What a run did it to."""

    ASSETS = "assets"
    USERS = "users"
    GROUPS = "groups"


@command(app, "report")
def report(
    session: Session,
    run: Annotated[
        str, typer.Argument(metavar="RUN", help="The id of a run; the latest if not given.")
    ] = "",
    *,
    shown: Annotated[
        Reported | None, typer.Option("--show", help="List what is so, besides the counts.")
    ] = None,
    inventory: Annotated[
        Things, typer.Option("--inventory", "-i", help="What to list.")
    ] = Things.ASSETS,
    limit: Limit = 50,
    after: After = "",
) -> None:
    """Say what a run changed: how many are new, changed, gone, back again, and on request which."""
    scope = session.scope
    from muster.tasks.reports import run_report

    found = run_report(
        scope,
        run,
        inventory=inventory.value,
        event=shown.value if shown else "",
        size=limit,
        after=after,
    )
    if session.is_json:
        session.answer(found)
    else:
        write_report(session, found)
