"""`muster search`: ask the inventory, in the search language."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any

import typer

from muster.cli.declaring import command, single
from muster.cli.session import Session

app = single()

Rows = Iterator[dict[str, Any]]


class Inventory(StrEnum):
    """What is asked for."""

    ASSETS = "assets"
    USERS = "users"
    GROUPS = "groups"


class Format(StrEnum):
    """How it is written."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"


@command(app, "search")
def search(
    session: Session,
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="QUERY", help="Such as: source:runzero AND NOT source:azuread"),
    ] = None,
    *,
    inventory: Annotated[
        Inventory, typer.Option("--inventory", "-i", help="What to look for.")
    ] = Inventory.ASSETS,
    limit: Annotated[int, typer.Option(min=0, help="How many rows at most; 0 is all.")] = 50,
    sort: Annotated[
        str, typer.Option(help="Such as name, or -last_seen for the latest first.")
    ] = "-last_seen",
    form: Annotated[Format, typer.Option("--format", help="How to write it.")] = Format.TABLE,
    counted: Annotated[bool, typer.Option("--count", help="Only say how many there are.")] = False,
) -> None:
    """Find assets, users or groups. Without a query: all of them."""
    scope = session.scope
    from muster.cli.writing import write_csv, write_json, write_jsonl
    from muster.inventory.search import count

    query = " ".join(words or ())
    chosen = Format.JSON if session.is_json else form
    now = datetime.now(UTC)
    if counted:
        number = count(scope, query, now=now, inventory=inventory, is_exact=True).number
        session.answer({"count": number}) if chosen is Format.JSON else session.say(str(number))
        return
    rows = _rows(session, query, inventory, sort=sort, limit=limit, now=now)
    if chosen is Format.TABLE:
        _write_table(session, query, inventory, rows, now=now)
        return
    writers: dict[Format, Callable[[Rows], None]] = {
        Format.JSON: write_json,
        Format.JSONL: write_jsonl,
        Format.CSV: write_csv,
    }
    writers[chosen](rows)


_COLUMNS = {
    Inventory.ASSETS: {
        "name": "Name",
        "addresses": "Addresses",
        "type": "Type",
        "os": "OS",
        "hw": "Hardware",
        "sources": "Sources",
        "site": "Site",
        "last_seen": "Last seen",
    },
    Inventory.USERS: {
        "display_name": "Name",
        "name": "Sign-in",
        "department": "Department",
        "title": "Title",
        "is_active": "Active",
        "source": "Source",
        "last_seen": "Last seen",
    },
    Inventory.GROUPS: {
        "display_name": "Name",
        "email": "E-mail",
        "user_count": "Users",
        "description": "Description",
        "source": "Source",
        "last_seen": "Last seen",
    },
}


def _write_table(
    session: Session, query: str, inventory: Inventory, rows: Rows, *, now: datetime
) -> None:
    from muster.inventory.search import count

    shown = list(rows)
    session.table(_COLUMNS[inventory], shown)
    total = count(session.scope, query, now=now, inventory=inventory)
    session.tell(f"{len(shown)} of {total} {inventory}.")


def _rows(
    session: Session, query: str, inventory: Inventory, *, sort: str, limit: int, now: datetime
) -> Rows:
    """Yield rows page by page, so that a listing of everything does not fill the memory."""
    from muster.inventory import selectors
    from muster.inventory.search import LARGEST_PAGE
    from muster.inventory.search import search as find

    readers: dict[Inventory, Callable[[Any, Sequence[int]], list[dict[str, Any]]]] = {
        Inventory.ASSETS: selectors.asset_rows,
        Inventory.USERS: selectors.user_rows,
        Inventory.GROUPS: selectors.group_rows,
    }
    after, left = "", limit
    while True:
        size = min(left, LARGEST_PAGE) if limit else LARGEST_PAGE
        page = find(
            session.scope,
            query,
            now=now,
            inventory=inventory,
            page_size=size,
            after=after,
            sort=sort,
        )
        yield from readers[inventory](session.scope, page.ids)
        after, left = page.next_key, left - len(page.ids)
        if after and limit and left <= 0:
            session.tell(f"These are the first {limit}; --limit 0 gives all.")
        if not after or (limit and left <= 0):
            return
