"""The part of `muster explorer` about the Explorers that a server knows."""

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from muster.cli.commands.explorer.group import Hosted, Name, app, now
from muster.cli.declaring import command
from muster.cli.session import Session
from muster.core.errors import ConfigError

if TYPE_CHECKING:
    from muster.explorers.models import Explorer, ExplorerGroup
    from muster.organizations.scope import Scope

_COLUMNS = {
    "name": "Name",
    "connected": "Connected",
    "last_seen": "Last seen (UTC)",
    "version": "Version",
    "os": "OS",
    "site": "Site",
    "groups": "Groups",
    "tags": "Tags",
    "id": "Id",
}


@command(app, "list")
def show_all(
    session: Session,
    *,
    hosted: Hosted = False,
    everything: Annotated[bool, typer.Option("--all", help="Revoked ones too.")] = False,
) -> None:
    """List Explorers: which are connected, their versions, groups and tags, and what they lack."""
    scope = session.scope
    from muster.explorers import selectors

    rows = selectors.hosted() if hosted else selectors.visible(scope)
    found = [selectors.explorer_fields(each, at=now()) for each in rows]
    shown = [each for each in found if everything or each["active"]]
    if session.is_json:
        session.answer(shown)
        return
    session.table(_COLUMNS, shown)
    for each in shown:
        if each["trouble"]:
            session.tell(f"{each['name']}: {each['trouble']}")


@command(app, "show")
def show(session: Session, explorer: Name, *, hosted: Hosted = False) -> None:
    """Show all that is known of an Explorer."""
    _scope, found = _found(session, explorer, hosted=hosted)
    _answer(session, found)


@command(app, "token")
def token(
    session: Session,
    *,
    name: Annotated[str, typer.Option(help="What to call the Explorer; its machine's name.")] = "",
    site: Annotated[str, typer.Option(help="Where it stands; none if not given.")] = "",
    group: Annotated[str, typer.Option(help="The group that it joins.")] = "",
    zone: Annotated[str, typer.Option(help="The hosted zone that it serves.")] = "",
    tag: Annotated[
        list[str] | None, typer.Option("--tag", help="A tag, such as rack=4; repeat it.")
    ] = None,
    hours: Annotated[int, typer.Option(min=1, max=720, help="How long it holds.")] = 24,
) -> None:
    """Make a token with which one machine can enrol, once."""
    scope = session.scope
    from muster.explorers.enrolment import NewToken, make_token

    new = NewToken(
        name=name,
        site=scope.site(site) if site else None,
        group=_group(scope, group, zone),
        tags=tag or [],
        life=timedelta(hours=hours),
    )
    text, row = make_token(scope, new, at=now())
    if session.is_json:
        session.answer({"token": text, "id": str(row.uid), "expires_at": row.expires_at})
        return
    session.say(text)
    session.tell(f"It holds once, until {row.expires_at:%Y-%m-%d %H:%M} UTC. On the machine:")
    session.tell("  muster explorer enrol https://THIS-SERVER --token TOKEN")


@command(app, "edit")
def edit(
    session: Session,
    explorer: Name,
    *,
    name: Annotated[str | None, typer.Option(help="What to call it from now on.")] = None,
    description: Annotated[str | None, typer.Option(help="What it is for.")] = None,
    site: Annotated[str, typer.Option(help="Where it stands.")] = "",
    most_runs: Annotated[
        int | None, typer.Option(help="Most runs at once; 0 brings the setting's back.")
    ] = None,
    hosted: Hosted = False,
) -> None:
    """Change an Explorer's name, description, site or limit."""
    scope, found = _found(session, explorer, hosted=hosted)
    from muster.explorers import editing

    changes = editing.ExplorerChanges(
        name=name,
        description=description,
        site=scope.site(site) if site else None,
        most_runs=most_runs,
    )
    _answer(session, editing.edit(scope, found, changes))


@command(app, "tag")
def tag(
    session: Session,
    explorer: Name,
    tags: Annotated[
        list[str] | None, typer.Argument(metavar="[TAG]...", help="None takes all away.")
    ] = None,
    *,
    hosted: Hosted = False,
) -> None:
    """Set the tags of an Explorer, such as dev or rack=4."""
    scope, found = _found(session, explorer, hosted=hosted)
    from muster.explorers import editing

    _answer(session, editing.edit(scope, found, editing.ExplorerChanges(tags=tags or [])))


@command(app, "revoke")
def revoke(session: Session, explorer: Name, *, hosted: Hosted = False) -> None:
    """Take an Explorer out of service for good: its keys open nothing from now on."""
    scope, found = _found(session, explorer, hosted=hosted)
    from muster.explorers import editing

    revoked = editing.revoke(scope, found, at=now())
    if session.is_json:
        _answer(session, revoked)
    else:
        session.say(f"Revoked the Explorer {revoked.name}.")


def _found(session: Session, reference: str, *, hosted: bool) -> "tuple[Scope, Explorer]":
    scope = session.scope
    from muster.explorers.selectors import explorer_by_name

    return scope, explorer_by_name(scope, reference, is_hosted=hosted)


def _group(scope: "Scope", group: str, zone: str) -> "ExplorerGroup | None":
    from muster.explorers.selectors import group_by_name, zone_by_name

    if group and zone:
        raise ConfigError(
            "an Explorer serves a group of one organization or a hosted zone, not both",
            hint="Give --group or --zone.",
        )
    if zone:
        return zone_by_name(zone)
    return group_by_name(scope, group) if group else None


def _answer(session: Session, explorer: "Explorer") -> None:
    from muster.explorers.selectors import explorer_fields

    fields: dict[str, Any] = explorer_fields(explorer, at=now())
    if session.is_json:
        session.answer(fields)
        return
    from muster.cli.tables import text_of

    for name, value in fields.items():
        if text_of(value):
            session.say(f"{name:<18}{text_of(value)}")
