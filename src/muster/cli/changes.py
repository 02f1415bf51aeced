"""What changed, for a person: a history, and the report of a run."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from muster.cli.declaring import command
from muster.cli.session import Session

if TYPE_CHECKING:
    from muster.inventory.selectors import History, HistoryEntry, LinkDetail, MoveDetail
    from muster.tasks.reports import RunReport

Limit = Annotated[int, typer.Option(min=1, max=1000, help="How many at most.")]
After = Annotated[str, typer.Option(help="Go on behind a page: its next_key.")]

HISTORY_COLUMNS = {
    "at": "When",
    "by": "By",
    "of": "Of",
    "what": "What",
    "attribute": "Attribute",
    "old": "Old",
    "new": "New",
}
_SENTENCES = {
    "new": "first seen",
    "gone": "gone from its source",
    "back": "back again",
}


def add_history(app: typer.Typer, *, selector: str, summary: str) -> None:
    """Declare the command `history` of a group; `selector` is the function that reads it."""

    def history(
        session: Session,
        reference: Annotated[str, typer.Argument(metavar="NAME|ID", help="A name or an id.")],
        *,
        limit: Limit = 50,
        after: After = "",
    ) -> None:
        scope = session.scope
        from muster.inventory import selectors

        read = getattr(selectors, selector)
        answer_history(session, read(scope, reference, size=limit, after=after))

    history.__doc__ = summary
    command(app, "history")(history)


def answer_history(session: Session, history: "History") -> None:
    """Write a history, as JSON or as a table."""
    if session.is_json:
        session.answer(history)
        return
    if not history.entries:
        session.say(f"Nothing changed of {history.name} that is still kept.")
        return
    session.table(HISTORY_COLUMNS, entry_rows(history.entries))
    _tell_more(session, history.next_key)


def write_report(session: Session, report: "RunReport") -> None:
    """Write what a run changed."""
    columns = {"inventory": "", **{each: each.capitalize() for each in report.counts["assets"]}}
    counts = [
        {"inventory": name, **{each: number or "" for each, number in numbers.items()}}
        for name, numbers in report.counts.items()
    ]
    session.say(f"{report.task}, run {report.run} of {report.started_at:%Y-%m-%d %H:%M}")
    session.table(columns, counts)
    for row in report.rows:
        session.say(f"{row.name or 'no longer kept'}  {row.id}")
        if row.entries:
            session.table(
                {key: HISTORY_COLUMNS[key] for key in ("of", "what", "attribute", "old", "new")},
                entry_rows(row.entries),
            )
    _tell_more(session, report.next_key)


def entry_rows(entries: "Iterable[HistoryEntry]") -> Iterator[dict[str, Any]]:
    """Yield a row of a table for each thing that the entries tell."""
    for entry in entries:
        start = {"at": entry.at, "by": _by(entry), "of": entry.record}
        for event in entry.events:
            if event in _SENTENCES:
                yield {**start, "what": _SENTENCES[event]}
        for move in entry.moves:
            yield {**start, "of": move.record, "what": _moved(move, entry.events)}
        for link in entry.links:
            yield {**start, "what": f"{link.relation}s: {_linked(link)}"}
        for change in entry.changes:
            what = "changed" if change.old and change.new else "added" if change.new else "removed"
            values = {"old": change.old, "new": change.new}
            shown = {name: text.replace("\t", ", ") for name, text in values.items()}
            yield {**start, "what": what, "attribute": change.attribute, **shown}


def _by(entry: "HistoryEntry") -> str:
    if not entry.act:
        return entry.source
    note = f": {entry.note}" if entry.note else ""
    return f"{entry.made_by} ({entry.act}{note})"


def _moved(move: "MoveDetail", events: list[str]) -> str:
    reason = f", by {move.rule} {move.key}".rstrip() if move.rule not in {"", "new"} else ""
    if "left" in events and not move.rule:
        return f"left to {_named(move.target_name, move.target)}"
    if not move.origin:
        return f"joined {_named(move.target_name, move.target)}{reason}"
    origin = _named(move.origin_name, move.origin)
    return f"moved from {origin} to {_named(move.target_name, move.target)}{reason}"


def _named(name: str, uid: str) -> str:
    return f"{name or 'an asset'} ({uid})" if uid else "no asset"


def _linked(link: "LinkDetail") -> str:
    parts = []
    for sign, count, names in (
        ("+", link.came, link.came_names),
        ("-", link.went, link.went_names),
    ):
        if count:
            more = ", ..." if count > len(names) > 0 else ""
            parts.append(f"{sign}{count}" + (f" ({', '.join(names)}{more})" if names else ""))
    return " ".join(parts)


def _tell_more(session: Session, next_key: str) -> None:
    if next_key:
        session.tell(f"There is more: go on with --after {next_key}")
