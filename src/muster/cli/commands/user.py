"""`muster user`: what changed of one directory user."""

from typing import Annotated

import typer

from muster.cli.changes import After, Limit, answer_history
from muster.cli.declaring import command, group
from muster.cli.session import Session

app = group("Look at one directory user.")


@command(app, "history")
def history(
    session: Session,
    reference: Annotated[
        str, typer.Argument(metavar="NAME|ID", help="A name, or an id here or in the directory.")
    ],
    *,
    limit: Limit = 50,
    after: After = "",
) -> None:
    """Show what changed of a directory user, newest first: attributes, groups, devices."""
    scope = session.scope
    from muster.inventory.selectors import user_history

    answer_history(session, user_history(scope, reference, size=limit, after=after))
