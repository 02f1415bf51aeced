"""`muster group`: what changed of one group."""

from typing import Annotated

import typer

from muster.cli.changes import After, Limit, answer_history
from muster.cli.declaring import command, group
from muster.cli.session import Session

app = group("Look at one group of a directory.")


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
    """Show what changed of a group, newest first: attributes, members, owners."""
    scope = session.scope
    from muster.inventory.selectors import group_history

    answer_history(session, group_history(scope, reference, size=limit, after=after))
