"""`muster notice`: sending what is due, as a worker does by itself."""

from dataclasses import asdict
from datetime import UTC, datetime

from muster.cli.declaring import command, group
from muster.cli.session import Session

app = group("Send the notices that are due.")


@command(app, "send")
def send(session: Session) -> None:
    """Send what is due in all organizations, announce what is about to end, forget old events."""
    session.open()
    from muster.notices.upkeep import tend

    sent = tend(clock=lambda: datetime.now(UTC))
    if session.is_json:
        session.answer(asdict(sent))
        return
    session.say(f"{sent.sent} sent, {sent.put_off} put off, {sent.given_up} given up.")
