"""`muster event`: the audit log."""

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from muster.cli.declaring import command, group
from muster.cli.session import Session
from muster.core.errors import ConfigError

app = group("Read the audit log.")

_COLUMNS = {
    "created_at": "When",
    "action": "Event",
    "success": "Success",
    "target_type": "Of",
    "target_name": "Name",
    "amount": "How many",
    "source_name": "By",
    "id": "Id",
}


@command(app, "list")
def show_all(
    session: Session,
    *,
    actions: Annotated[
        list[str] | None, typer.Option("--event", help="Only this one; give it again for more.")
    ] = None,
    about: Annotated[str, typer.Option(help="Only what is about this, by name or id.")] = "",
    since: Annotated[
        str, typer.Option(help="Not before: 7days, a date, or an instant in ISO 8601.")
    ] = "",
    until: Annotated[str, typer.Option(help="Before: as --since.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many at most.")] = 50,
    before: Annotated[
        str, typer.Option(metavar="ID", help="The page behind the one that ends with this event.")
    ] = "",
) -> None:
    """List what happened, the latest first."""
    scope = session.scope
    from muster.notices import selectors

    now = datetime.now(UTC)
    found = selectors.events(
        scope,
        actions=actions or (),
        about=about,
        since=_instant(since, now=now),
        until=_instant(until, now=now),
        before=before,
        most=limit,
    )
    rows = [selectors.event_document(each) for each in found]
    session.answer(rows) if session.is_json else session.table(_COLUMNS, rows)


@command(app, "show")
def show(session: Session, event_id: Annotated[str, typer.Argument(metavar="ID")]) -> None:
    """Show an event, and where it went."""
    scope = session.scope
    from muster.notices import selectors

    event = selectors.event(scope, event_id)
    document = selectors.event_document(event)
    sent = selectors.deliveries(scope, event)
    if session.is_json:
        session.answer({**document, "deliveries": sent})
        return
    details = document.pop("details")
    rows = [{"name": name, "value": value} for name, value in {**document, **details}.items()]
    session.table({"name": "", "value": ""}, rows)
    if sent:
        session.table(_DELIVERY, sent)


_DELIVERY = {
    "channel": "Channel",
    "rule": "Rule",
    "state": "State",
    "attempts": "Attempts",
    "due_at": "Next",
    "sent_at": "Sent",
    "error": "Why not",
}


def _instant(text: str, *, now: datetime) -> datetime | None:
    """Return an instant or an age as the search language spells them; None for none.

    Raises ConfigError for any other text.
    """
    if not text:
        return None
    from muster.query.values.instants import age, span

    if (found := age(text)) is not None:
        seconds: float = int(now.timestamp()) - found.seconds
    elif (at := span(text, now=now)) is not None:
        seconds = at.start
    else:
        raise _unreadable(text)
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise _unreadable(text) from error


def _unreadable(text: str) -> Any:
    return ConfigError(
        f"'{text[:60]}' is no instant", hint="Such as: 7days, 2026-11-23 or 2026-11-23T12:00."
    )
