"""The part of `muster explorer` about groups of Explorers, and hosted zones."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from muster.cli.commands.explorer.group import Name, app, now
from muster.cli.declaring import command
from muster.cli.session import Session

if TYPE_CHECKING:
    from muster.explorers.models import ExplorerGroup
    from muster.organizations.scope import Scope

_COLUMNS = {"name": "Name", "explorers": "Explorers", "enabled": "Enabled", "id": "Id"}

NewName = Annotated[str, typer.Argument(help="What to call it.")]
Zone = Annotated[
    bool, typer.Option("--zone", help="A hosted zone, whose Explorers serve every organization.")
]


@command(app, "groups")
def show_all(session: Session, *, zone: Zone = False) -> None:
    """List the groups of Explorers, or the hosted zones."""
    scope = session.scope
    from muster.explorers import selectors

    _show(session, selectors.zones() if zone else selectors.groups(scope))


@command(app, "group-add")
def add(session: Session, name: NewName, *, zone: Zone = False) -> None:
    """Make a group, so that any Explorer in it can run a task: --explorer group:NAME."""
    scope = session.scope
    from muster.explorers.groups import make_group

    made = make_group(scope, name, is_hosted=zone, at=now())
    if session.is_json:
        session.answer(_fields(made))
    else:
        session.say(f"Made the {'hosted zone' if zone else 'group'} {made.name}.")


@command(app, "group-rm")
def remove(session: Session, group: Name, *, zone: Zone = False) -> None:
    """Remove a group or hosted zone; its Explorers stay."""
    scope, found = _found(session, group, zone=zone)
    from muster.explorers.groups import remove_group

    remove_group(scope, found)
    session.tell(f"Removed {found.name}.")


@command(app, "group-join")
def join(session: Session, group: Name, explorer: Name, *, zone: Zone = False) -> None:
    """Put an Explorer into a group."""
    scope, found = _found(session, group, zone=zone)
    from muster.explorers.groups import add_member
    from muster.explorers.selectors import explorer_by_name

    member = explorer_by_name(scope, explorer, is_hosted=zone)
    add_member(scope, found, member)
    session.tell(f"{member.name} is in {found.name}.")


@command(app, "group-leave")
def leave(session: Session, group: Name, explorer: Name, *, zone: Zone = False) -> None:
    """Take an Explorer out of a group."""
    scope, found = _found(session, group, zone=zone)
    from muster.explorers.groups import remove_member
    from muster.explorers.selectors import explorer_by_name

    member = explorer_by_name(scope, explorer, is_hosted=zone)
    remove_member(scope, found, member)
    session.tell(f"{member.name} is not in {found.name}.")


def _found(session: Session, name: str, *, zone: bool) -> "tuple[Scope, ExplorerGroup]":
    scope = session.scope
    from muster.explorers.selectors import group_by_name, zone_by_name

    return scope, zone_by_name(name) if zone else group_by_name(scope, name)


def _show(session: Session, groups: "Iterable[ExplorerGroup]") -> None:
    rows = [_fields(each) for each in groups]
    session.answer(rows) if session.is_json else session.table(_COLUMNS, rows)


def _fields(group: "ExplorerGroup") -> dict[str, Any]:
    return {
        "id": str(group.uid),
        "name": group.name,
        "explorers": [each.explorer.name for each in group.members.all()],
        "enabled": group.is_enabled,
        "created_at": group.created_at,
    }
