"""`muster retention`: how long what is no longer seen is kept."""

from datetime import UTC, datetime
from itertools import islice
from typing import Annotated, Any

import typer

from muster.cli.declaring import command, group
from muster.cli.session import Session

app = group("Decide how long what is no longer seen is kept.")

_COLUMNS = {
    "kind": "",
    "name": "Name",
    "source": "Source",
    "foreign_id": "Id there",
    "setting": "By",
    "last_seen": "Last seen",
    "gone_at": "Gone",
}
_LABELS = {
    "assets": "assets",
    "records": "records of sources",
    "users": "users",
    "groups": "groups",
    "history": "changes",
    "run_logs": "logs of runs",
    "raw_data": "raw data of runs",
}


@command(app, "show")
def show(session: Session) -> None:
    """Show after how many days what goes, and when retention last ran."""
    scope = session.scope
    from muster.inventory.retention import policy

    found = policy(scope)
    if session.is_json:
        session.answer(_document(found))
        return
    rows = [{"name": name, "value": _told(value)} for name, value in found.settings().items()]
    session.table({"name": "Setting", "value": ""}, rows)
    if found.changed_at:
        session.say(f"Changed {found.changed_at:%Y-%m-%d %H:%M} by {found.changed_by}.")
    if found.ran_at:
        session.say(f"Last run {found.ran_at:%Y-%m-%d %H:%M}: removed {_counted(found.outcome)}.")


@command(app, "set")
def change(
    session: Session,
    settings: Annotated[
        list[str],
        typer.Argument(
            metavar="NAME=VALUE...", help="Such as expiration_assets_stale=90; 0 is never."
        ),
    ],
) -> None:
    """Change settings: days, 0 for never; keep_latest_integration_attributes is true or false."""
    given = dict(_pair(each) for each in settings)
    scope = session.scope
    from muster.inventory.retention import change as change_policy

    changed = change_policy(scope, given, at=datetime.now(UTC))
    if session.is_json:
        session.answer(_document(changed))
        return
    for name in given:
        session.say(f"{name}: {_told(changed.settings()[name])}.")
    session.say("See what goes with: muster retention preview")


@command(app, "preview")
def preview(
    session: Session,
    *,
    limit: Annotated[int, typer.Option(min=0, help="How many to list at most; 0 is all.")] = 50,
) -> None:
    """List what the retention would remove now, and remove nothing."""
    scope = session.scope
    from muster.tasks.retention import Preview

    made = Preview(scope, at=datetime.now(UTC))
    expired = made.expired()
    things = made.things()
    listed = list(islice(things, limit)) if limit else list(things)
    if session.is_json:
        document = {"counts": expired.counts, "notices": expired.notices, "things": listed}
        session.answer(document)
        return
    if listed:
        from dataclasses import asdict

        session.table(_COLUMNS, [asdict(each) for each in listed])
    if next(things, None) is not None:
        session.say(f"These are the first {len(listed)}; --limit 0 lists all.")
    session.say(f"A run would remove {_counted(expired.counts)}.")
    _tell(session, expired.notices)


@command(app, "run")
def run(session: Session) -> None:
    """Remove what has expired now, as otherwise happens once a day."""
    scope = session.scope
    from muster.tasks.retention import run as run_retention

    expired = run_retention(scope, at=datetime.now(UTC))
    if session.is_json:
        session.answer({"counts": expired.counts, "notices": expired.notices})
        return
    session.say(f"Removed {_counted(expired.counts)}.")
    _tell(session, expired.notices)


def _pair(text: str) -> tuple[str, str]:
    name, is_given, value = text.partition("=")
    if not is_given:
        from muster.core.errors import ConfigError

        shown = "".join(each if each.isprintable() else "?" for each in text[:60])
        raise ConfigError(
            f"'{shown}' is no setting", hint="Write it as expiration_assets_stale=90."
        )
    return name.strip(), value


def _document(policy: Any) -> dict[str, Any]:
    return {
        **policy.settings(),
        "changed_by": policy.changed_by,
        "changed_at": policy.changed_at,
        "ran_at": policy.ran_at,
        "outcome": policy.outcome,
    }


def _told(value: int) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value} days" if value else "never"


def _counted(counts: Any) -> str:
    told = [f"{counts[name]:,} {label}" for name, label in _LABELS.items() if counts.get(name)]
    return ", ".join(told) or "nothing"


def _tell(session: Session, notices: list[str]) -> None:
    for notice in notices:
        session.tell(f"Warning: {notice}.")
