"""`muster asset merge|split|remove-source|move|decisions|undo`: people have the last word."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from muster.cli.declaring import command
from muster.cli.session import Session

if TYPE_CHECKING:
    from muster.organizations.scope import Scope

_COLUMNS = {"act": "Act", "kind": "What", "made_by": "By", "made_at": "When", "records": "Records"}

_Asset = Annotated[str, typer.Argument(metavar="NAME|ID", help="A name or an id.")]
_Source = Annotated[str, typer.Option(help="Which source says it, such as azuread.")]
_Note = Annotated[str, typer.Option(help="Why; it stands in the history.")]


def add_decisions(app: typer.Typer) -> None:
    """Add the commands to those of assets."""
    command(app, "merge")(merge)
    command(app, "split")(split)
    command(app, "remove-source")(remove)
    command(app, "move")(move)
    command(app, "decisions")(show_all)
    command(app, "undo")(take_back)


def merge(
    session: Session,
    references: Annotated[list[str], typer.Argument(metavar="NAME|ID...", help="Two or more.")],
    *,
    note: _Note = "",
) -> None:
    """Make one asset of several, for good: later runs keep them together."""
    scope = session.scope
    from muster.inventory.decisions import merge_assets

    uids = [_uid(scope, each) for each in references]
    _tell(session, merge_assets(scope, uids, at=_now(), note=note), "Merged.")


def split(
    session: Session,
    reference: _Asset,
    *,
    source: _Source,
    record: Annotated[str, typer.Option("--record", help="Which of its records: its id there.")],
    note: _Note = "",
) -> None:
    """Give one record of an asset an asset of its own, for good."""
    scope = session.scope
    from muster.inventory.decisions import split_record

    act = split_record(
        scope, _uid(scope, reference), source=source, foreign_id=record, at=_now(), note=note
    )
    _tell(session, act, "Split.")


def remove(session: Session, reference: _Asset, *, source: _Source, note: _Note = "") -> None:
    """Take all records of one source off an asset, for good; they get an asset of their own."""
    scope = session.scope
    from muster.inventory.decisions import remove_source

    act = remove_source(scope, _uid(scope, reference), source=source, at=_now(), note=note)
    _tell(session, act, f"Took {source} off.")


def move(
    session: Session,
    reference: _Asset,
    site: Annotated[str, typer.Argument(help="Where to: a site's name.")],
) -> None:
    """Bring an asset to another site, where later runs leave it."""
    scope = session.scope
    from muster.inventory.decisions import move_asset

    place = scope.site(site)
    move_asset(scope, _uid(scope, reference), site=place, at=_now())
    if session.is_json:
        session.answer({"site": place.name})
    else:
        session.say(f"Moved to {place.name}.")


def show_all(session: Session) -> None:
    """List what people decided about matches and did not take back, newest first."""
    scope = session.scope
    from muster.inventory.selectors import decided_acts

    rows = [
        {
            "act": str(each.act),
            "kind": each.kind,
            "made_by": each.made_by,
            "made_at": each.made_at.isoformat(),
            "note": each.note,
            "records": list(each.records),
        }
        for each in decided_acts(scope)
    ]
    if session.is_json:
        session.answer(rows)
    else:
        session.table(_COLUMNS, [{**row, "records": ", ".join(row["records"])} for row in rows])


def take_back(
    session: Session,
    act: Annotated[str, typer.Argument(help="The id that the decision was told with.")],
) -> None:
    """Take a decision back: the inventory is then as if it had never been."""
    scope = session.scope
    from muster.core.errors import ConfigError
    from muster.inventory.decisions import undo

    try:
        uid = UUID(act)
    except ValueError as error:
        raise ConfigError(
            f"'{act}' is not the id of a decision", hint="List them: muster asset decisions"
        ) from error
    undo(scope, uid, at=_now())
    if session.is_json:
        session.answer({"undone": str(uid)})
    else:
        session.say("Taken back.")


def _uid(scope: "Scope", reference: str) -> UUID:
    from muster.inventory.selectors.asset_names import find_asset

    return find_asset(scope, reference).uid


def _tell(session: Session, act: UUID, done: str) -> None:
    document: dict[str, Any] = {"act": str(act)}
    if session.is_json:
        session.answer(document)
    else:
        session.say(f"{done} To take it back: muster asset undo {act}")


def _now() -> datetime:
    return datetime.now(UTC)
