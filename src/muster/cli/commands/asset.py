"""`muster asset`: one asset with everything every source says of it, and what changed of it."""

from typing import Annotated

import typer

from muster.cli.changes import add_history
from muster.cli.commands.deciding import add_decisions
from muster.cli.declaring import command, group
from muster.cli.session import Session

app = group("Look at one asset.")


@command(app, "show")
def show(
    session: Session,
    reference: Annotated[str, typer.Argument(metavar="NAME|ID", help="A name or an id.")],
) -> None:
    """Show an asset: its columns, its sources, why they were merged, all attributes.

    The last few changes come at the end.
    """
    scope = session.scope
    from muster.inventory.selectors import asset_detail

    detail = asset_detail(scope, reference)
    if session.is_json:
        session.answer(detail)
    else:
        from muster.cli.details import write_detail

        write_detail(detail)


add_history(
    app,
    selector="asset_history",
    summary="Show what changed of an asset, newest first: attributes, sources, merges and splits.",
)
add_decisions(app)
