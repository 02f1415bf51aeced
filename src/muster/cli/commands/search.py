"""`muster search`: ask any inventory, in the search language."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from itertools import chain, islice
from typing import TYPE_CHECKING, Annotated, Any

import typer

from muster.cli.declaring import command, single
from muster.cli.session import Session

if TYPE_CHECKING:
    from muster.inventory.selectors import LastSync

app = single()

Rows = Iterator[dict[str, Any]]


class Inventory(StrEnum):
    """What is asked for."""

    ASSETS = "assets"
    SERVICES = "services"
    USERS = "users"
    GROUPS = "groups"
    TASKS = "tasks"
    SITES = "sites"
    EXPLORERS = "explorers"
    CREDENTIALS = "credentials"
    ACCOUNTS = "accounts"


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
    limit: Annotated[
        int, typer.Option(min=0, help="How many rows, or values of a facet, at most; 0 is all.")
    ] = 50,
    sort: Annotated[
        str, typer.Option(help="Such as name, or -last_seen for the latest first.")
    ] = "",
    chosen: Annotated[
        str,
        typer.Option(
            "--columns",
            help="Such as name,os,@azuread.dev.trustType: columns and attributes, commas between.",
        ),
    ] = "",
    form: Annotated[Format, typer.Option("--format", help="How to write it.")] = Format.TABLE,
    counted: Annotated[bool, typer.Option("--count", help="Only say how many there are.")] = False,
    facets: Annotated[
        list[str] | None,
        typer.Option(
            "--facet", help="Count them by the values of a keyword or attribute; can be repeated."
        ),
    ] = None,
) -> None:
    """Find assets, services, users, groups or what else there is. Without a query: all of them."""
    asked = _Asked(session, inventory, " ".join(words or ()))
    chosen_form = Format.JSON if session.is_json else form
    if counted:
        asked.write_count(is_json=chosen_form is Format.JSON)
    elif facets:
        asked.write_facets(facets, chosen_form, most=limit)
    else:
        names = [each.strip() for each in chosen.split(",")] if chosen else []
        asked.write_rows(names, chosen_form, sort=sort, limit=limit)


class _Asked:
    """One question, and writing its answer in the form that is asked for."""

    def __init__(self, session: Session, inventory: Inventory, query: str) -> None:
        self._session = session
        self._scope = session.scope
        self._inventory = inventory.value
        self._query = query
        self._now = datetime.now(UTC)

    def write_count(self, *, is_json: bool) -> None:
        from muster.search import count

        found = count(self._scope, self._inventory, self._query, now=self._now, is_exact=True)
        if is_json:
            self._session.answer({"count": found.number})
        else:
            self._session.say(str(found.number))

    def write_facets(self, keys: Sequence[str], form: Format, *, most: int) -> None:
        rows = chain.from_iterable(self._facet(each, most=most) for each in keys)
        if form is Format.TABLE:
            self._session.table({"facet": "Facet", "value": "Value", "count": "Count"}, list(rows))
        else:
            _write(rows, form)

    def _facet(self, by: str, *, most: int) -> Rows:
        from muster.inventory.search import LARGEST_FACET
        from muster.search import facets

        found = facets(
            self._scope,
            self._inventory,
            self._query,
            now=self._now,
            by=by,
            most=most or LARGEST_FACET,
        )
        if found.is_capped:
            self._session.tell(
                f"{found.by}: these are the {len(found.values)} most frequent values"
                f" of {len(found.values) + found.other_values:,}."
            )
        if found.missing:
            self._session.tell(f"{found.by}: {found.missing:,} of {found.total:,} have none.")
        for each in found.values:
            yield {"facet": found.by, "value": each.value, "count": each.number}

    def write_rows(self, names: Sequence[str], form: Format, *, sort: str, limit: int) -> None:
        from muster.search import every

        rows = every(
            self._scope,
            self._inventory,
            self._query,
            now=self._now,
            sort=sort,
            most=limit + 1 if limit else None,
            columns=names,
        )
        if form is Format.TABLE:
            self._write_table(list(self._limited(rows, limit)), names)
        else:
            _write(self._limited(rows, limit), form)

    def _limited(self, rows: Rows, limit: int) -> Rows:
        """Yield the first rows, and say so if there are more."""
        yield from islice(rows, limit or None)
        if limit and next(rows, None) is not None:
            self._session.tell(f"These are the first {limit}; --limit 0 gives all.")

    def _write_table(self, shown: Sequence[dict[str, Any]], names: Sequence[str]) -> None:
        from muster.search import as_of, columns, count

        known = columns(self._inventory)
        headings = {each.name: each.heading for each in known}
        picked = names or [each.name for each in known if each.is_shown]
        self._session.table({each: headings.get(each, each) for each in picked}, shown)
        total = count(self._scope, self._inventory, self._query, now=self._now)
        self._session.tell(f"{len(shown)} of {total} {self._inventory}.")
        if syncs := as_of(self._scope, self._inventory):
            self._session.tell(f"As of the last sync: {'; '.join(map(_said, syncs))}.")


def _said(sync: "LastSync") -> str:
    """Return as of when a feed is known, for people."""
    if sync.complete_at is None:
        return f"{sync.source}, never read whole"
    lacking = f" but for {', '.join(sync.incomplete)}" if sync.incomplete else ""
    return f"{sync.source} {sync.complete_at:%Y-%m-%d %H:%M} UTC{lacking}"


def _write(rows: Rows, form: Format) -> None:
    from muster.cli.writing import write_csv, write_json, write_jsonl

    writers: dict[Format, Callable[[Rows], None]] = {
        Format.JSON: write_json,
        Format.JSONL: write_jsonl,
        Format.CSV: write_csv,
    }
    writers[form](rows)
