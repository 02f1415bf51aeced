"""`muster rule`: what is told to whom."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from muster.cli.declaring import command, group
from muster.cli.session import Session
from muster.notices.actions import Action

app = group("Choose what is told to whom.")

_COLUMNS = {
    "name": "Name",
    "events": "Events",
    "query": "Query",
    "threshold": "At least",
    "channels": "Channels",
    "enabled": "Enabled",
    "held_at": "Last held",
    "error": "Error",
    "id": "Id",
}


@command(app, "add")
def add(
    session: Session,
    name: Annotated[str, typer.Argument(help="What to call it.")],
    *,
    events: Annotated[
        list[str],
        typer.Option("--event", help=f"Give it again for more. One of: {', '.join(Action)}."),
    ],
    channels: Annotated[
        list[str], typer.Option("--channel", help="Whom to tell, by name or id of a channel.")
    ],
    query: Annotated[
        str, typer.Option(help="Assets to look for, such as: source:runzero AND NOT source:azuread")
    ] = "",
    threshold: Annotated[
        int, typer.Option(help="How many the query must find; without one, the event must count.")
    ] = 1,
    every_minutes: Annotated[int, typer.Option(min=0, help="After it held, rest for so long.")] = 0,
    is_disabled: Annotated[bool, typer.Option("--disabled", help="Save it, but rest.")] = False,
) -> None:
    """Add a rule: when one of its events happens, its channels are told."""
    scope = session.scope
    from muster.notices import rules
    from muster.notices.selectors import rule_document

    most = int(rules.LONGEST_PERIOD.total_seconds()) // 60 + 1
    new = rules.NewRule(
        name=name,
        actions=events,
        channels=channels,
        query=query,
        threshold=threshold,
        period=timedelta(minutes=min(every_minutes, most)),
        is_enabled=not is_disabled,
    )
    saved = rules.add(scope, new, at=datetime.now(UTC))
    if session.is_json:
        session.answer(rule_document(saved))
    else:
        session.say(f"Saved the rule {saved.name}.")


@command(app, "list")
def show_all(session: Session) -> None:
    """List the organization's rules."""
    scope = session.scope
    from muster.notices.selectors import rules

    rows = rules(scope)
    session.answer(rows) if session.is_json else session.table(_COLUMNS, rows)


@command(app, "rm")
def remove(session: Session, name: Annotated[str, typer.Argument(metavar="NAME|ID")]) -> None:
    """Remove a rule. What it already put on its way still arrives."""
    scope = session.scope
    from muster.notices import rules

    rule = rules.by_name(scope, name)
    removed = {"id": str(rule.uid), "name": rule.name}
    rules.remove(scope, rule, at=datetime.now(UTC))
    if session.is_json:
        session.answer({"removed": removed})
    else:
        session.say(f"Removed the rule {removed['name']}.")
