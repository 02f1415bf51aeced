"""`muster channel`: ways to tell people. Its options follow from what the kinds declare."""

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from muster.cli.credential_options import field_options, given_values
from muster.cli.declaring import Drawn, command, group
from muster.cli.errors import FAILED
from muster.cli.findings import documents, write_findings
from muster.cli.session import Session
from muster.notices.kinds import channel_kind, channel_types

app = group("Add, verify and remove ways to tell people.")

_COLUMNS = {
    "name": "Name",
    "type": "Type",
    "target": "To",
    "working": "Working",
    "message": "Why not",
    "waiting": "Waiting",
    "id": "Id",
}
Name = Annotated[str, typer.Argument(metavar="NAME|ID")]


@command(app, "add", drawn=field_options(channel_types()))
def add(
    session: Session,
    drawn: Drawn,
    *,
    kind: Annotated[
        str,
        typer.Option("--type", help=f"One of: {', '.join(each.name for each in channel_types())}."),
    ],
    name: Annotated[str, typer.Option(help="What to call it.")],
    save_anyway: Annotated[
        bool, typer.Option("--save-anyway", help="Save it even if the test message fails.")
    ] = False,
) -> None:
    """Add a channel. A test message is sent through it before it is saved."""
    scope = session.scope
    from muster.notices import channels

    values = given_values(channel_kind(kind).declared, drawn, tell=session.tell)
    new = channels.NewChannel(name=name, type=kind, values=values)
    session.tell("Sending a test message ...")
    created = channels.add(scope, new, at=datetime.now(UTC), save_anyway=save_anyway)
    _show_created(session, created)
    if created.channel is None:
        raise typer.Exit(FAILED)


@command(app, "list")
def show_all(session: Session) -> None:
    """List the organization's channels; never a secret."""
    scope = session.scope
    from muster.notices.selectors import channels

    rows = channels(scope)
    session.answer(rows) if session.is_json else session.table(_COLUMNS, map(_row, rows))


@command(app, "verify")
def verify(session: Session, name: Name) -> None:
    """Send a test message; if it goes, what waits for the channel goes with the next round."""
    scope = session.scope
    from muster.notices import channels

    finding = channels.verify(scope, channels.by_name(scope, name), at=datetime.now(UTC))
    if session.is_json:
        session.answer({"verified": finding.ok, "findings": documents([finding])})
    else:
        write_findings(session, [finding])
    if not finding.ok:
        raise typer.Exit(FAILED)


@command(app, "rm")
def remove(session: Session, name: Name) -> None:
    """Remove a channel, and what waits for it."""
    scope = session.scope
    from muster.notices import channels

    channel = channels.by_name(scope, name)
    removed = {"id": str(channel.uid), "name": channel.name}
    channels.remove(scope, channel, at=datetime.now(UTC))
    if session.is_json:
        session.answer({"removed": removed})
    else:
        session.say(f"Removed the channel {removed['name']}.")


def _show_created(session: Session, created: Any) -> None:
    from muster.notices.selectors import channel_document

    saved, finding = created.channel, created.finding
    if session.is_json:
        document = channel_document(saved) if saved else None
        session.answer(
            {"channel": document, "verified": finding.ok, "findings": documents([finding])}
        )
        return
    write_findings(session, [finding])
    if saved is None:
        session.tell("Nothing was saved. Mend it, or add --save-anyway.")
    else:
        state = "It works." if finding.ok else "It is marked as not working."
        session.say(f"Saved the channel {saved.name}. {state}")


def _row(document: dict[str, Any]) -> dict[str, Any]:
    fields = document["fields"]
    return {**document, "target": fields.get("origin") or fields.get("recipients", "")}
