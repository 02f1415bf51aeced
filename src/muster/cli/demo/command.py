"""`muster demo`: from nothing to a synced, searchable inventory, with invented data."""

from typing import TYPE_CHECKING, Annotated

import typer

from muster.cli.declaring import command, single
from muster.cli.session import Session

if TYPE_CHECKING:
    from muster.organizations.scope import Scope

app = single()


@command(app, "demo")
def demo(
    session: Session,
    *,
    is_served: Annotated[
        bool, typer.Option("--console", help="Start the console too; it goes on afterwards.")
    ] = False,
) -> None:
    """See it work: load a scan, sync a simulated tenant, and ask what is only in one of them.

    All data is invented. It is kept; the second call only shows it again.
    """
    scope = session.scope
    from muster.cli.demo.showing import show
    from muster.demo.state import finished_at

    if at := finished_at(scope):
        session.tell(f"The demo data of {at:%Y-%m-%d %H:%M} UTC is still here; showing it again.")
    else:
        _load(session, scope)
    show(session, scope)
    if is_served:
        _serve(session)


def _serve(session: Session) -> None:
    from muster.cli.demo.console import login, started

    known = login()
    url = started()
    session.tell(f"The console: {url}")
    if known:
        session.tell(f"  Sign in as {known[0]} with the password {known[1]}")
    session.tell("  It goes on in the background; end it with: make demo-end")


def _load(session: Session, scope: "Scope") -> None:
    from muster.cli.progress import bars
    from muster.demo.loading import load

    load(scope, tell=session.tell, watching=lambda: bars(session))
