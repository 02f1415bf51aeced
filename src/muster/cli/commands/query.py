"""`muster query`: queries with a name."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from muster.cli.commands.search import Format, Inventory
from muster.cli.commands.search import search as run_search
from muster.cli.declaring import command, group
from muster.cli.session import Session

app = group("Save queries, and run them by name.")

_COLUMNS = {
    "name": "Name",
    "inventory": "Inventory",
    "text": "Query",
    "description": "Description",
    "origin": "From",
}

Name = Annotated[str, typer.Argument(help="What the query is called, in any case.")]
Of = Annotated[
    Inventory | None,
    typer.Option("--inventory", "-i", help="What it looks for, where two have one name."),
]


@command(app, "list")
def show_all(
    session: Session,
    *,
    inventory: Annotated[
        Inventory | None, typer.Option("--inventory", "-i", help="Only those that look for this.")
    ] = None,
) -> None:
    """List the saved queries, and those that come with Muster."""
    scope = session.scope
    from muster.inventory.saved_queries import list_queries

    rows = [_document(each) for each in list_queries(scope, inventory=_named(inventory))]
    session.answer(rows) if session.is_json else session.table(_COLUMNS, _with_origin(rows))


@command(app, "save")
def save(
    session: Session,
    name: Annotated[str, typer.Argument(help="What to call it.")],
    words: Annotated[
        list[str],
        typer.Argument(metavar="QUERY", help="Such as: source:runzero AND NOT source:azuread"),
    ],
    *,
    inventory: Annotated[
        Inventory, typer.Option("--inventory", "-i", help="What it looks for.")
    ] = Inventory.ASSETS,
    description: Annotated[str | None, typer.Option(help="What it is for.")] = None,
    is_replacing: Annotated[
        bool, typer.Option("--replace", help="Change the one of that name.")
    ] = False,
) -> None:
    """Save a query for everybody in the organization, if it can be read."""
    scope = session.scope
    from muster.inventory.saved_queries import create_query, update_query

    text, now = " ".join(words), datetime.now(UTC)
    if is_replacing:
        saved = update_query(
            scope, name, at=now, inventory=inventory, text=text, description=description
        )
    else:
        saved = create_query(
            scope, name, text, at=now, inventory=inventory, description=description or ""
        )
    _say(session, saved, f"Saved the query {saved.name}.")


@command(app, "show")
def show(session: Session, name: Name, *, inventory: Of = None) -> None:
    """Show a query as it is written."""
    scope = session.scope
    from muster.inventory.saved_queries import find_query

    found = find_query(scope, name, inventory=_named(inventory))
    _say(session, found, found.text)


@command(app, "run")
def run(
    session: Session,
    name: Name,
    *,
    inventory: Of = None,
    limit: Annotated[int, typer.Option(min=0, help="How many rows at most; 0 is all.")] = 50,
    sort: Annotated[
        str, typer.Option(help="Such as name, or -last_seen for the latest first.")
    ] = "",
    form: Annotated[Format, typer.Option("--format", help="How to write it.")] = Format.TABLE,
    counted: Annotated[bool, typer.Option("--count", help="Only say how many there are.")] = False,
) -> None:
    """Search for what a query with a name finds now."""
    scope = session.scope
    from muster.inventory.saved_queries import find_query

    found = find_query(scope, name, inventory=_named(inventory))
    run_search(
        session,
        [found.text],
        inventory=Inventory(found.inventory),
        limit=limit,
        sort=sort,
        form=form,
        counted=counted,
    )


@command(app, "rename")
def rename(
    session: Session,
    name: Name,
    new_name: Annotated[str, typer.Argument(help="What to call it from now on.")],
    *,
    inventory: Of = None,
) -> None:
    """Give a saved query another name."""
    scope = session.scope
    from muster.inventory.saved_queries import rename_query

    renamed = rename_query(scope, name, new_name, at=datetime.now(UTC), inventory=_named(inventory))
    _say(session, renamed, f"The query is now called {renamed.name}.")


@command(app, "rm")
def remove(session: Session, name: Name, *, inventory: Of = None) -> None:
    """Delete a saved query."""
    scope = session.scope
    from muster.inventory.saved_queries import delete_query

    deleted = delete_query(scope, name, inventory=_named(inventory))
    if session.is_json:
        session.answer({"removed": deleted.name})
    else:
        session.say(f"Deleted the query {deleted.name}.")


def _say(session: Session, query: Any, sentence: str) -> None:
    session.answer(_document(query)) if session.is_json else session.say(sentence)


def _named(inventory: Inventory | None) -> str:
    return inventory.value if inventory else ""


def _document(query: Any) -> dict[str, Any]:
    return {
        "id": query.id,
        "name": query.name,
        "inventory": query.inventory,
        "text": query.text,
        "description": query.description,
        "is_bundled": query.is_bundled,
        "created_by": query.created_by,
        "created_at": query.created_at,
        "updated_at": query.updated_at,
    }


def _with_origin(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**row, "origin": "Muster" if row["is_bundled"] else row["created_by"]} for row in rows]
